#include "tap.h"

#include "transform/keyset.h"

static KeyColumn id_column = {.name = "id", .type = "bigint", .integer = true};
static KeyColumn pair_columns[] = {{.name = "Region", .type = "text", .collate_c = true}, {.name = "no", .type = "character"}};
static const KeyColumnList ID = {.items = &id_column, .count = 1};
static const KeyColumnList PAIR = {.items = pair_columns, .count = 2};

static const char *const SEVEN[] = {"7"}, *const NINE[] = {"9"};
static const char *const EU[] = {"eu", "a'b"}, *const US[] = {"u\\s", "c"};

typedef struct Case {
    KeySet keys;
    const char *alias;
    const char *predicate, *printed;
} Case;

TEST(every_kind_becomes_a_condition)
{
    static const char *const *const ids[] = {SEVEN, NINE, SEVEN, NINE}, *const *const pairs[] = {EU, US};
    static const char *const low[] = {"(0,1)"};
    const Case cases[] = {
        {{.kind = KEYSET_EVERYTHING}, NULL, "true", "everything"},
        {{.kind = KEYSET_RANGE, .key = &ID}, NULL, "true", "everything"},
        {{.kind = KEYSET_RANGE, .key = &ID, .low = SEVEN}, NULL, "(\"id\" >= '7'::bigint)", "id >= 7"},
        {{.kind = KEYSET_RANGE, .key = &ID, .high = NINE}, "a", "(\"a\".\"id\" < '9'::bigint)", "id < 9"},
        {{.kind = KEYSET_RANGE, .key = &ID, .low = SEVEN, .high = NINE}, "a b", "(\"a b\".\"id\" >= '7'::bigint AND \"a b\".\"id\" < '9'::bigint)",
         "id >= 7 and < 9"},
        {{.kind = KEYSET_RANGE, .key = &PAIR, .low = EU, .high = US}, NULL,
         "((\"Region\" COLLATE \"C\", \"no\") >= ('eu'::text, 'a''b'::pg_catalog.bpchar) AND (\"Region\" COLLATE \"C\", \"no\") < "
         "(E'u\\\\s'::text, 'c'::pg_catalog.bpchar))",
         "(Region, no) >= (eu, a'b) and < (u\\s, c)"},
        {{.kind = KEYSET_CTID, .low = low}, "c", "(\"c\".\"ctid\" >= '(0,1)'::tid)", "ctid >= (0,1)"},
        {{.kind = KEYSET_CTID}, "c", "true", "everything"},
        {{.kind = KEYSET_LIST, .key = &ID, .keys = ids, .count = 2}, "c", "(\"c\".\"id\" IN ('7'::bigint, '9'::bigint))", "id 7, 9"},
        {{.kind = KEYSET_LIST, .key = &ID, .keys = ids, .count = 4}, NULL,
         "(\"id\" IN ('7'::bigint, '9'::bigint, '7'::bigint, '9'::bigint))", "id 7, 9, 7 and 1 more"},
        {{.kind = KEYSET_LIST, .key = &PAIR, .keys = pairs, .count = 2}, NULL,
         "((\"Region\", \"no\") IN (VALUES ('eu'::text, 'a''b'::pg_catalog.bpchar), (E'u\\\\s'::text, 'c'::pg_catalog.bpchar)))",
         "(Region, no) (eu, a'b), (u\\s, c)"},
        {{.kind = KEYSET_LIST, .key = &ID}, NULL, "false", "nothing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO(Arena) *arena = arena_new();
        Text sql = text_new(arena);
        keyset_predicate(&sql, &cases[i].keys, cases[i].alias);
        CHECK_TEXT(sql.chars, cases[i].predicate);
        CHECK_TEXT(keyset_print(arena, &cases[i].keys), cases[i].printed);
    }
}

TEST(keys_are_ordered_column_by_column)
{
    AUTO(Arena) *arena = arena_new();
    Text sql = text_new(arena);
    keyset_order_by(&sql, &PAIR, "t");
    CHECK_TEXT(sql.chars, "\"t\".\"Region\" COLLATE \"C\", \"t\".\"no\"");
}
