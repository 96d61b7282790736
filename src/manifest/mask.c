#include "manifest/mask.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

enum { LONGEST_SHOWN = 60 };

/* How many bytes of `text` may be shown. */
static size_t mask_length(const char *text)
{
    static const char *const secrets[] = {"://", "password"};
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        for (size_t s = 0; s < sizeof secrets / sizeof *secrets; s++)
            if (strncasecmp(text + i, secrets[s], strlen(secrets[s])) == 0)
                return i + strlen(secrets[s]);
    if (length <= LONGEST_SHOWN)
        return length;
    length = LONGEST_SHOWN;
    while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
        length--;
    return length;
}

const char *mask_quote(Arena *arena, const char *text)
{
    const size_t length = mask_length(text);
    char *shown = arena_strndup(arena, text, length);
    for (char *c = shown; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            *c = ' ';
    return arena_printf(arena, "\"%s%s\"", shown, text[length] != '\0' ? "…" : "");
}
