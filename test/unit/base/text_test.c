#include "base/text.h"
#include "tap.h"

TEST(a_text_grows_and_stays_terminated)
{
    AUTO(Arena) *arena = arena_new();
    Text text = text_new(arena);
    CHECK_TEXT(text.chars, "");
    for (int i = 0; i < 500; i++) {
        text_separate(&text, ",");
        text_addf(&text, "%d", i % 10);
    }
    CHECK_NUMBER((long long)text.length, 999);
    CHECK(strlen(text.chars) == text.length);
    text_add_n(&text, "xyz", 2);
    CHECK(text_ends_with(text.chars, "9xy"));
}

TEST(comparing_takes_null_for_a_value_of_its_own)
{
    CHECK(text_equal(NULL, NULL));
    CHECK(!text_equal(NULL, ""));
    CHECK(text_equal("a", "a"));
    CHECK(!text_equal("a", "A"));
    CHECK(text_equal_ignoring_case("a", "A"));
    CHECK(text_starts_with("leads", "lea"));
    CHECK(!text_starts_with("le", "lea"));
    CHECK(text_ends_with("a.sql", ".sql"));
    CHECK(!text_ends_with("ql", ".sql"));
}

TEST(counts_are_grouped_by_thousands)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(text_of_count(arena, 0), "0");
    CHECK_TEXT(text_of_count(arena, 999), "999");
    CHECK_TEXT(text_of_count(arena, 1234567), "1,234,567");
    CHECK_TEXT(text_of_count(arena, -1000), "-1,000");
    CHECK_TEXT(text_of_many(arena, 0, "row"), "0 rows");
    CHECK_TEXT(text_of_many(arena, 1, "row"), "1 row");
    CHECK_TEXT(text_of_many(arena, 1234, "chunk"), "1,234 chunks");
    CHECK_TEXT(text_of_count(arena, (-9223372036854775807LL - 1)), "-9,223,372,036,854,775,808");
}

TEST(bytes_are_told_in_the_unit_that_fits)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(text_of_bytes(arena, 17), "17 bytes");
    CHECK_TEXT(text_of_bytes(arena, 1024), "1.0 kB");
    CHECK_TEXT(text_of_bytes(arena, 5242880), "5.0 MB");
    CHECK_TEXT(text_of_bytes(arena, 1073741823), "1.0 GB");
}

TEST(durations_are_told_in_two_units_at_most)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(text_of_duration(arena, 0.012), "12ms");
    CHECK_TEXT(text_of_duration(arena, 2.34), "2.3s");
    CHECK_TEXT(text_of_duration(arena, 42), "42s");
    CHECK_TEXT(text_of_duration(arena, 59.7), "1m00s");
    CHECK_TEXT(text_of_duration(arena, 95), "1m35s");
    CHECK_TEXT(text_of_duration(arena, 7384), "2h03m");
    CHECK_TEXT(text_of_duration(arena, 90000), "1d01h");
}
