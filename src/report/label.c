#include "report/label.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIRST_STRONG_ISOLATE    "\xE2\x81\xA8" /* U+2068 */
#define POP_DIRECTIONAL_ISOLATE "\xE2\x81\xA9" /* U+2069 */

/* The character that begins at `*at`, which moves behind it. The ledger gives valid UTF-8. */
static uint32_t next_character(const char **at)
{
    const unsigned char *bytes = (const unsigned char *)*at;
    const int more = bytes[0] >= 0xF0 ? 3 : bytes[0] >= 0xE0 ? 2 : bytes[0] >= 0xC0 ? 1 : 0;
    uint32_t character = more == 0 ? bytes[0] : bytes[0] & (0x3FU >> more);
    int read = 1;
    for (; read <= more && (bytes[read] & 0xC0) == 0x80; read++)
        character = character << 6 | (bytes[read] & 0x3FU);
    *at += read;
    return character;
}

static bool is_between(uint32_t character, uint32_t first, uint32_t last)
{
    return character >= first && character <= last;
}

/* By the blocks of Unicode: marks that stand on another character, then what takes two places. */
static int width_of(uint32_t character)
{
    if (is_between(character, 0x300, 0x36F) || is_between(character, 0x200B, 0x200F) ||
        is_between(character, 0x202A, 0x202E) || is_between(character, 0x2066, 0x2069) ||
        is_between(character, 0xFE00, 0xFE0F))
        return 0;
    return is_between(character, 0x1100, 0x115F) || is_between(character, 0x2E80, 0xA4CF) ||
                   is_between(character, 0xAC00, 0xD7A3) || is_between(character, 0xF900, 0xFAFF) ||
                   is_between(character, 0xFE30, 0xFE6F) || is_between(character, 0xFF00, 0xFF60) ||
                   is_between(character, 0x1F000, 0x1FAFF) || is_between(character, 0x20000, 0x3FFFD)
               ? 2
               : 1;
}

int label_width(const char *text)
{
    int width = 0;
    while (*text)
        width += width_of(next_character(&text));
    return width;
}

char *label_cut(Arena *arena, const char *text, int most)
{
    if (label_width(text) <= most)
        return arena_strdup(arena, text);
    const char *at = text;
    for (int width = 0; *at;) {
        const char *behind = at;
        width += width_of(next_character(&behind));
        if (width > most - 1)
            break;
        at = behind;
    }
    return arena_printf(arena, "%.*s…", (int)(at - text), text);
}

char *label_isolated(Arena *arena, const char *text, int most)
{
    char *label = label_cut(arena, text, most);
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at >= 0x80)
            return arena_printf(arena, FIRST_STRONG_ISOLATE "%s" POP_DIRECTIONAL_ISOLATE, label);
    return label;
}
