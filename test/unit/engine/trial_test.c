#include "engine/trial.h"

#include "tap.h"

TEST(failures_are_counted_for_each_name)
{
    Trials *trials = trials_new();
    CHECK_NUMBER(trials_failed(trials, "17"), 1);
    CHECK_NUMBER(trials_failed(trials, "18"), 1);
    CHECK_NUMBER(trials_failed(trials, "17"), 2);
    trials_forget(trials, "17");
    CHECK_NUMBER(trials_failed(trials, "17"), 1);
    trials_free(trials);
}

TEST(what_rests_is_named_until_its_time_is_over)
{
    AUTO(Arena) *arena = arena_new();
    Trials *trials = trials_new();
    CHECK_TEXT(trials_resting(arena, trials), "{}");
    trials_rest(trials, "index a, \"b\"", 100);
    trials_rest(trials, "17", 0);
    CHECK_TEXT(trials_resting(arena, trials), "{\"index a, \\\"b\\\"\"}");
    trials_forget(trials, "index a, \"b\"");
    CHECK_TEXT(trials_resting(arena, trials), "{}");
    trials_free(trials);
}
