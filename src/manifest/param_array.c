#include "manifest/param_array.h"

#include "base/text.h"

#include <string.h>

static const char blanks[] = " \t\r\n";

char *param_array_element_type(Arena *arena, const char *type)
{
    size_t length = strlen(type);
    while (length > 0 && strchr(blanks, type[length - 1]))
        length--;
    if (length < 2 || type[length - 1] != ']')
        return NULL;
    length--;
    while (length > 0 && type[length - 1] >= '0' && type[length - 1] <= '9') /* uuid[3] is the same as uuid[] */
        length--;
    if (length == 0 || type[length - 1] != '[')
        return NULL;
    length--;
    while (length > 0 && strchr(blanks, type[length - 1]))
        length--;
    return length > 0 ? arena_strndup(arena, type, length) : NULL;
}

/* Behind the closing quote; NULL when there is none. */
static const char *read_quoted(Arena *arena, const char *at, const char **element)
{
    Text text = text_new(arena);
    for (at++; *at != '\0'; at++) {
        if (*at == '"' && *++at != '"') {
            *element = text.chars;
            return at;
        }
        text_add_n(&text, at, 1);
    }
    return NULL;
}

/* At the comma, or at the end. */
static const char *read_plain(Arena *arena, const char *at, const char **element)
{
    const char *end = at + strcspn(at, ",");
    size_t length = (size_t)(end - at);
    while (length > 0 && strchr(blanks, at[length - 1]))
        length--;
    *element = arena_strndup(arena, at, length);
    return end;
}

const char *param_array_split(Arena *arena, const char *text, StringList *elements)
{
    const char *at = text + strspn(text, blanks);
    while (*at != '\0') {
        const bool quoted = *at == '"';
        const char *element = NULL;
        at = quoted ? read_quoted(arena, at, &element) : read_plain(arena, at, &element);
        if (!at)
            return "a double quote is never closed";
        at += strspn(at, blanks);
        if (*at != '\0' && *at != ',')
            return "behind a closing double quote comes a comma";
        if (!quoted && *element == '\0')
            return "an element between two commas is empty; an empty text is written \"\"";
        LIST_PUSH(arena, elements, element);
        if (*at == ',') {
            at++;
            at += strspn(at, blanks);
            if (*at == '\0')
                return "nothing comes behind its last comma";
        }
    }
    return NULL;
}
