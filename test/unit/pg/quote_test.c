#include "pg/quote.h"
#include "tap.h"

TEST(names_are_always_in_double_quotes)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(quote_name(arena, "leads"), "\"leads\"");
    CHECK_TEXT(quote_name(arena, "a \"b\""), "\"a \"\"b\"\"\"");
    CHECK_TEXT(quote_qualified(arena, "crm", "Leads"), "\"crm\".\"Leads\"");
    CHECK_TEXT(quote_qualified(arena, NULL, "leads"), "\"leads\"");
}

TEST(lists_of_names_go_with_an_alias)
{
    AUTO(Arena) *arena = arena_new();
    StringList none = {0}, two = {(const char *[]){"id", "a b"}, 2, 2};
    CHECK_TEXT(quote_names(arena, &none, "t."), "");
    CHECK_TEXT(quote_names(arena, &two, ""), "\"id\", \"a b\"");
    CHECK_TEXT(quote_names(arena, &two, "t."), "t.\"id\", t.\"a b\"");
    CHECK_TEXT(quote_same(arena, &two, "t", "s"), "t.\"id\" = s.\"id\" AND t.\"a b\" = s.\"a b\"");
}

TEST(literals_read_the_same_on_every_server)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(quote_literal(arena, "it's"), "'it''s'");
    CHECK_TEXT(quote_literal(arena, "a\\b'c"), "E'a\\\\b''c'");
    CHECK_TEXT(quote_literal(arena, ""), "''");
    CHECK_TEXT(quote_literal(arena, NULL), "NULL");
}

TEST(names_are_read_as_sql_reads_them)
{
    static const struct {
        const char *text, *schema, *name;
    } cases[] = {
        {"users", NULL, "users"},
        {"Users", NULL, "users"},
        {"\"Users\"", NULL, "Users"},
        {"crm.\"Leads\"", "crm", "Leads"},
        {" \"a.b\" . \"c\"\"d\" ", "a.b", "c\"d"},
        {"_x$1", NULL, "_x$1"},
        {"Größe", NULL, "größe"},
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *schema = NULL, *name = NULL;
        CHECK(quote_parse_name(arena, cases[i].text, &schema, &name));
        CHECK_TEXT(schema, cases[i].schema);
        CHECK_TEXT(name, cases[i].name);
    }
}

TEST(what_is_no_name_is_refused_and_sets_nothing)
{
    static const char *const cases[] = {"",    "1a",   "a b", "a.", ".a", "a.b.c",
                                        "\"a", "\"\"", "a-b", "$a", "a;", "\"a\"b"};
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *schema = NULL, *name = NULL;
        if (!CHECK(!quote_parse_name(arena, cases[i], &schema, &name)))
            printf("# for %s\n", cases[i]);
        CHECK(!schema && !name);
    }
}

TEST(arrays_are_written_and_read_back)
{
    static const char *const items[] = {"a", "", NULL, "NULL", "b \"c\" \\d,{}", " e "};
    const size_t count = sizeof items / sizeof *items;
    AUTO(Arena) *arena = arena_new();
    char *literal = quote_array(arena, items, count);
    CHECK_TEXT(literal, "{\"a\",\"\",NULL,\"NULL\",\"b \\\"c\\\" \\\\d,{}\",\" e \"}");

    const char **parsed = NULL;
    size_t parsed_count = 0;
    CHECK(quote_parse_array(arena, literal, &parsed, &parsed_count));
    if (CHECK(parsed_count == count))
        for (size_t i = 0; i < count; i++)
            CHECK_TEXT(parsed[i], items[i]);
}

TEST(arrays_are_read_as_servers_write_them)
{
    AUTO(Arena) *arena = arena_new();
    const char **items = NULL;
    size_t count = 9;
    CHECK(quote_parse_array(arena, "{}", &items, &count) && count == 0);
    CHECK(quote_parse_array(arena, "{a,b c,null}", &items, &count) && count == 3);
    CHECK_TEXT(items[1], "b c");
    CHECK(items[2] == NULL);
    CHECK(quote_parse_array(arena, "[0:1]={a,b}", &items, &count) && count == 2);
}

TEST(a_malformed_array_is_refused)
{
    static const char *const cases[] = {"", "a", "{", "{a", "{a,}", "{,a}", "{\"a}", "{a}b", "{{a},{b}}", "{a\\"};
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char **items = NULL;
        size_t count = 0;
        if (!CHECK(!quote_parse_array(arena, cases[i], &items, &count)))
            printf("# for %s\n", cases[i]);
    }
}
