#include "base/json.h"

char *json_text(Arena *arena, const json_t *json, size_t flags)
{
    size_t length = json_dumpb(json, NULL, 0, flags);
    char *text = arena_alloc(arena, length + 1);
    json_dumpb(json, text, length, flags);
    text[length] = '\0';
    return text;
}
