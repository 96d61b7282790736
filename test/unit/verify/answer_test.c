#include "verify/answer.h"

#include "tap.h"

static bool matches(CheckExpect expect, const char *value, Answer answer)
{
    Check check = {.expect = expect, .value = value};
    return answer_matches(&check, &answer);
}

static const char *print(Arena *arena, CheckExpect expect, Answer answer)
{
    Check check = {.expect = expect};
    return answer_print(arena, &check, &answer);
}

TEST(none_is_no_row_or_a_count_of_zero)
{
    CHECK(matches(EXPECT_NONE, NULL, (Answer){0, 2, "count", NULL}));
    CHECK(matches(EXPECT_NONE, NULL, (Answer){1, 1, "count", "0"}));
    CHECK(matches(EXPECT_NONE, NULL, (Answer){1, 1, "count", "0.00"}));
    CHECK(!matches(EXPECT_NONE, NULL, (Answer){1, 1, "count", "1"}));
    CHECK(!matches(EXPECT_NONE, NULL, (Answer){1, 2, "count", "0"}));
    CHECK(!matches(EXPECT_NONE, NULL, (Answer){1, 1, "count", NULL}));
    CHECK(!matches(EXPECT_NONE, NULL, (Answer){2, 1, "count", "0"}));
    CHECK(!matches(EXPECT_NONE, NULL, (Answer){1, 1, "count", ""}));
}

TEST(a_zero_in_a_column_that_is_no_count_is_a_row)
{
    CHECK(matches(EXPECT_NONE, NULL, (Answer){1, 1, "orphan_count", "0"}));
    CHECK(!matches(EXPECT_NONE, NULL, (Answer){1, 1, "id", "0"}));
    CHECK(!matches(EXPECT_NONE, NULL, (Answer){1, 1, "discount", "0"}));
}

TEST(some_is_a_row_and_a_value_is_the_first_as_text)
{
    CHECK(matches(EXPECT_SOME, NULL, (Answer){1, 1, "id", NULL}));
    CHECK(!matches(EXPECT_SOME, NULL, (Answer){0, 1, "id", NULL}));
    CHECK(matches(EXPECT_VALUE, "7.0", (Answer){3, 2, "id", "7.0"}));
    CHECK(!matches(EXPECT_VALUE, "7.0", (Answer){1, 1, "id", "7"}));
    CHECK(!matches(EXPECT_VALUE, "7.0", (Answer){0, 1, "id", NULL}));
}

TEST(the_severity_says_what_a_check_that_does_not_match_is)
{
    Check warning = {.severity = SEVERITY_WARN}, error = {.severity = SEVERITY_ERROR};
    CHECK_TEXT(answer_state(&warning, true), "passed");
    CHECK_TEXT(answer_state(&warning, false), "warned");
    CHECK_TEXT(answer_state(&error, false), "failed");
}

TEST(an_answer_is_told_as_a_value_or_as_a_number_of_rows)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(print(arena, EXPECT_NONE, (Answer){1, 1, "count", "17"}), "17");
    CHECK_TEXT(print(arena, EXPECT_NONE, (Answer){1, 1, "id", "17"}), "1 row");
    CHECK_TEXT(print(arena, EXPECT_NONE, (Answer){1, 1, "id", "0"}),
               "1 row, with id = 0; the column of a count is called count or …_count");
    CHECK_TEXT(print(arena, EXPECT_NONE, (Answer){1, 1, "id", "ada@example.com"}), "1 row");
    CHECK_TEXT(print(arena, EXPECT_NONE, (Answer){0, 1, "id", NULL}), "0 rows");
    CHECK_TEXT(print(arena, EXPECT_NONE, (Answer){4000, 3, "id", "17"}), "4000 rows");
    CHECK_TEXT(print(arena, EXPECT_VALUE, (Answer){2, 2, "id", "abc"}), "abc");
    CHECK_TEXT(print(arena, EXPECT_VALUE, (Answer){1, 1, "id", NULL}), "NULL");
    CHECK_TEXT(print(arena, EXPECT_EQUAL, (Answer){2, 1, "id", "abc"}), "2 rows");
}

TEST(a_long_value_is_cut_between_characters)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(answer_shorten(arena, "abcdef", 6), "abcdef");
    CHECK_TEXT(answer_shorten(arena, "abcdefg", 6), "abc…");
    CHECK_TEXT(answer_shorten(arena, "abédefg", 6), "ab…");
}
