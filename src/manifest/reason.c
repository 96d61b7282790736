#include "manifest/reason.h"

#include "base/text.h"
#include "manifest/mask.h"
#include "manifest/scan.h"
#include "manifest/value.h"
#include "pg/quote.h"

#include <string.h>

/* ---- names ---- */

/* Up to the next dot that is not in quotes. */
static size_t part_length(const char *text)
{
    bool quoted = false;
    size_t length = 0;
    for (; text[length] != '\0' && (quoted || text[length] != '.'); length++)
        quoted ^= text[length] == '"';
    return length;
}

/* tmp_*: words and stars. */
static bool is_pattern(const char *text)
{
    if (!strchr(text, '*'))
        return false;
    while (*text != '\0') {
        size_t length = *text == '*' ? 1 : scan_word_length(text);
        if (length == 0)
            return false;
        text += length;
    }
    return true;
}

static bool parse_part(Arena *arena, const char *text, NamePart *part)
{
    char *schema = NULL, *name = NULL;
    part->is_pattern = is_pattern(text);
    if (!part->is_pattern) {
        bool is_name = quote_parse_name(arena, text, &schema, &name) && !schema;
        part->text = name;
        return is_name;
    }
    name = arena_strdup(arena, text);
    for (char *c = name; *c != '\0'; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    part->text = name;
    return true;
}

static bool parse_name(Arena *arena, const char *text, size_t most, Reason *reason)
{
    for (reason->count = 0; reason->count < most;) {
        size_t length = part_length(text);
        if (!parse_part(arena, arena_strndup(arena, text, length), &reason->parts[reason->count++]))
            return false;
        text += length;
        if (*text == '\0')
            return true;
        text++;
    }
    return false;
}

/* ---- reasons ---- */

/* On one line, however it was written. */
static const char *one_line(Arena *arena, const char *text)
{
    char *line = arena_strdup(arena, text);
    for (char *c = line; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    for (size_t length = strlen(line); length > 0 && line[length - 1] == ' '; length--)
        line[length - 1] = '\0';
    return line;
}

static void read_because(Reader *reader, const NodePair *pair, Reason *reason)
{
    const Key key = {.name = reason->text, .type = "a text that says why"};
    if (pair->value->kind == NODE_MAPPING)
        section_read(reader, &section_reason, pair->value, reason);
    else
        value_read_text(reader, &key, pair->value, &reason->because);
}

static void read_reasons(Reader *reader, const Key *key, const Node *value, size_t most, ReasonList *reasons)
{
    if (!value_is(reader, key, value, NODE_MAPPING))
        return;
    const NodePairList pairs = mapping_pairs(reader, value);
    FOR_EACH(NodePair, pair, pairs) {
        Reason reason = {.text = pair->key->text, .place = pair->key->place};
        if (!parse_name(reader->arena, reason.text, most, &reason))
            mistake_add(reader->mistakes, reason.place, "%s is not the name of %s",
                        mask_quote(reader->arena, reason.text),
                        most > 1 ? "a table or column: users, users.legacy_flag, crm.users.*, tmp_*"
                                 : "a column: legacy_flag, legacy_*; the table is that of the entity");
        read_because(reader, pair, &reason);
        if (reason.because)
            reason.because = one_line(reader->arena, reason.because);
        LIST_PUSH(reader->arena, reasons, reason);
    }
}

void reason_read_all(Reader *reader, const Key *key, const Node *value, void *field)
{
    read_reasons(reader, key, value, REASON_PARTS, field);
}

void reason_read_columns(Reader *reader, const Key *key, const Node *value, void *field)
{
    read_reasons(reader, key, value, 1, field);
}

void reason_read_strict(Reader *reader, const Key *key, const Node *value, void *field)
{
    Manifest *manifest = field;
    manifest->strict_place = value->place;
    value_read_flag(reader, key, value, &manifest->strict);
}
