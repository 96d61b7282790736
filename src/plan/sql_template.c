#include "plan/sql_template.h"

#include "base/text.h"

#include <string.h>

static const char *mark_text(const SqlMarks *marks, char mark)
{
    switch (mark) {
    case 'v':
        return marks->value;
    case 't':
        return marks->type;
    case 'b':
        return marks->bare;
    case 'n':
        return marks->n;
    case 's':
        return marks->scale;
    case 'l':
        return marks->limit;
    default:
        return NULL;
    }
}

char *sql_template_fill(Arena *arena, const char *text, const SqlMarks *marks)
{
    Text filled = text_new(arena);
    for (const char *from = text; *from;) {
        size_t plain = strcspn(from, "$");
        text_add_n(&filled, from, plain);
        from += plain;
        const char *value = *from ? mark_text(marks, from[1]) : NULL;
        if (value) {
            text_add(&filled, value);
            from += 2;
        } else if (*from) {
            text_add_n(&filled, from++, 1);
        }
    }
    return filled.chars;
}
