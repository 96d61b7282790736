#include "pg/outline.h"
#include "tap.h"

TEST(an_outline_shows_names_and_no_value)
{
    static const struct {
        const char *sql, *outline;
    } cases[] = {
        {"UPDATE writer SET name = 'theirs' WHERE id = 1", "UPDATE writer SET name = … WHERE id = …"},
        {"SELECT\n  *\tFROM  t1", "SELECT * FROM t1"},
        {"SELECT 'it''s', E'a\\'b', $$x$$, $q$ 1 $q$, $1 FROM t", "SELECT …, …, …, …, $… FROM t"},
        {"SELECT 1.5e-7, .5, -3 FROM \"T 1\"", "SELECT …, …, -… FROM \"T 1\""},
        {"/* secret */ SELECT 1 -- of 'x'\n + 2", "SELECT … + …"},
        {"/* a /* b */ 'c' */ VALUES (B'10', X'1F', U&'d')", "VALUES (B…, X…, U&…)"},
        {"SELECT 'a\\' , secret, 'b'", "SELECT …"},
        {"SELECT 'never ends", "SELECT …"},
        {"SELECT $a$ never ends", "SELECT …"},
        {"SELECT \"never ends", "SELECT \"never ends"},
        {"", ""},
    };
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_TEXT(outline_of(arena, cases[i].sql, 200), cases[i].outline);
    CHECK_TEXT(outline_of(arena, NULL, 200), "");
}

TEST(a_long_query_is_cut_between_words)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(outline_of(arena, "SELECT first, second, third FROM t", 12), "SELECT first …");
}
