/* Names, literals and arrays: what is read is written again, and read again as the same. */
#include "fuzz.h"

#include "base/text.h"
#include "pg/quote.h"
#include "transform/keyset.h"
#include "transform/tree.h"
#include "verify/buckets.h"

static void check_name(Arena *arena, const char *text)
{
    char *schema = NULL, *name = NULL, *schema_again = NULL, *name_again = NULL;
    if (!quote_parse_name(arena, text, &schema, &name)) {
        HOLDS(!schema && !name);
        return;
    }
    const char *quoted = schema ? quote_qualified(arena, schema, name) : quote_name(arena, name);
    HOLDS(quote_parse_name(arena, quoted, &schema_again, &name_again));
    HOLDS(text_equal(schema, schema_again) && text_equal(name, name_again));
}

static void check_array(Arena *arena, const char *text)
{
    const char **items = NULL, **again = NULL;
    size_t count = 0, count_again = 0;
    if (!quote_parse_array(arena, text, &items, &count))
        return;
    HOLDS(quote_parse_array(arena, quote_array(arena, items, count), &again, &count_again) && count == count_again);
    for (size_t i = 0; i < count; i++)
        HOLDS(text_equal(items[i], again[i]));
}

/* A statement with the text as a literal has that literal in it, and nothing more. */
static void check_literal(Arena *arena, const char *text)
{
    Error ignored = {0};
    AUTO(json_t) *tree = tree_parse(arena_printf(arena, "SELECT %s", quote_literal(arena, text)), &ignored);
    if (!tree) /* no UTF-8 */
        return;
    json_t *targets = tree_field(tree_body(tree_statement(tree), "SelectStmt"), "targetList");
    HOLDS(json_array_size(tree_field(tree, "stmts")) == 1 && json_array_size(targets) == 1);
    json_t *value = tree_body(tree_field(tree_body(json_array_get(targets, 0), "ResTarget"), "val"), "A_Const");
    const char *string = tree_text(tree_field(value, "sval"), "sval");
    HOLDS(value && text_equal(string ? string : "", text));
}

static void check_keys(Arena *arena, const StringList *lines)
{
    static const KeyColumn columns[] = {{.name = "region", .type = "text", .collate_c = true},
                                        {.name = "I d", .type = "bigint", .integer = true}};
    const KeyColumnList key = {.items = (KeyColumn *)columns, .count = 2};
    if (lines->count < 4)
        return;
    const char *const *both[] = {lines->items, lines->items + 2};
    const KeySet sets[] = {
        {.kind = KEYSET_LIST, .key = &key, .count = 2, .keys = both},
        {.kind = KEYSET_RANGE, .key = &key, .low = both[0], .high = both[1]},
    };
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        Text sql = text_new(arena);
        text_add(&sql, "SELECT 1 WHERE ");
        keyset_predicate(&sql, &sets[i], "t");
        Error error = {0};
        AUTO(json_t) *tree = tree_parse(sql.chars, &error);
        HOLDS(tree && json_array_size(tree_field(tree, "stmts")) == 1);
        HOLDS(*keyset_print(arena, &sets[i]));
    }
}

FUZZ(arena, text, length)
{
    check_name(arena, text);
    check_array(arena, text);
    check_literal(arena, text);
    bucket_sum_parse(text);
    StringList lines = fuzz_lines(arena, text);
    bool is_ascii = true;
    for (const char *c = text; *c; c++)
        is_ascii = is_ascii && (unsigned char)*c < 0x80;
    if (is_ascii)
        check_keys(arena, &lines);
}
