#include "rollback/marks.h"

char *rollback_marks(Arena *arena, const char *where)
{
    return arena_printf(
        arena, "(SELECT coalesce(u.wrote, u.xmin) FROM rehome.undo u WHERE %s AND " ROLLBACK_MARK_COUNTS ")", where);
}
