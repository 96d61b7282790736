#include "assess/profile.h"

#include "base/text.h"
#include "tap.h"

static const char *judged(Arena *arena, Profile profile)
{
    profile_judge(arena, &profile);
    return string_list_join(arena, &profile.odd, "; ");
}

static ColumnContents contents(int64_t rows, int64_t nulls, int64_t blanks, int64_t distinct)
{
    return (ColumnContents){.known = true, .rows = rows, .nulls = nulls, .blanks = blanks, .distinct = distinct};
}

TEST(a_column_that_stays_as_it_is_is_not_odd)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(judged(arena, (Profile){.before = contents(10, 2, 1, 7), .after = contents(10, 2, 1, 7)}), "");
    CHECK_TEXT(judged(arena, (Profile){.before = contents(10, 10, 0, 0), .after = contents(10, 10, 0, 0)}), "");
    CHECK_TEXT(judged(arena, (Profile){.after = contents(10, 2, 0, 1)}), "");
}

TEST(what_was_filled_and_is_not_any_more_is_odd)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(judged(arena, (Profile){.before = contents(10, 2, 0, 8), .after = contents(10, 10, 0, 0)}), "nothing but nulls");
    CHECK_TEXT(judged(arena, (Profile){.after = contents(10, 10, 0, 0)}), "nothing but nulls");
    CHECK_TEXT(judged(arena, (Profile){.before = contents(10, 2, 0, 4), .after = contents(10, 3, 2, 4)}), "1 nulls more; 2 blanks more");
}

TEST(values_that_become_one_are_odd_unless_rows_have_gone_or_nobody_counted)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(judged(arena, (Profile){.before = contents(10, 0, 0, 8), .after = contents(10, 0, 0, 1)}), "one value for all");
    CHECK_TEXT(judged(arena, (Profile){.before = contents(10, 0, 0, 8), .after = contents(10, 0, 0, 5)}), "5 values where there were 8");
    CHECK_TEXT(judged(arena, (Profile){.before = contents(10, 0, 0, 8), .after = contents(9, 0, 0, 7)}), "");
    ColumnContents about = contents(10, 0, 0, 5);
    about.estimated = true;
    CHECK_TEXT(judged(arena, (Profile){.before = contents(10, 0, 0, 8), .after = about}), "");
}

TEST(values_that_do_not_come_back_are_odd)
{
    AUTO(Arena) *arena = arena_new();
    CHECK_TEXT(judged(arena, (Profile){.comeback = COMEBACK_COUNTED, .changed = 3}), "3 of old values cannot be had back");
    CHECK_TEXT(judged(arena, (Profile){.comeback = COMEBACK_COUNTED}), "");
}
