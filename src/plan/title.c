#include "plan/title.h"

#include "base/text.h"

char *title_of_name(Arena *arena, const char *schema, const char *name)
{
    return text_equal(schema, "public") ? arena_strdup(arena, name) : arena_printf(arena, "%s.%s", schema, name);
}

char *title_of_relation(Arena *arena, const Relation *relation)
{
    return title_of_name(arena, relation->schema, relation->name);
}
