#include "manifest/mask.h"

#include "base/text.h"

#include <string.h>
#include <strings.h>

enum { LONGEST_SHOWN = 60 };

/* How much may be shown of a text that may hold a secret: up to what introduces it. The length of the text when none
 * does. An @ makes it a mistyped URL or somebody's address. */
static size_t mask_secret(const char *text)
{
    static const char *const introductions[] = {"://", "password"};
    for (const char *at = text; *at != '\0'; at++)
        for (size_t i = 0; i < sizeof introductions / sizeof *introductions; i++)
            if (strncasecmp(at, introductions[i], strlen(introductions[i])) == 0)
                return (size_t)(at - text) + strlen(introductions[i]);
    if (!strchr(text, '@'))
        return strlen(text);
    const size_t scheme = strcspn(text, ":@");
    return text[scheme] == ':' ? scheme + 1 : 0;
}

static size_t mask_length(const char *text)
{
    size_t length = mask_secret(text);
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
