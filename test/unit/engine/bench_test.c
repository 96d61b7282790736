#include "engine/bench.h"

#include "tap.h"

TEST(the_median_is_the_middle_time)
{
    double odd[] = {9, 1, 5}, even[] = {4, 1, 100, 2}, one[] = {7};
    CHECK(bench_median(odd, 3) == 5);
    CHECK(bench_median(even, 4) == 3);
    CHECK(bench_median(one, 1) == 7);
}

static const struct {
    double at_least, at_most_ms, old_ms, new_ms;
    const char *state, *why;
} cases[] = {
    {0, 0, 1, 100, "passed", NULL},
    {10, 0, 100, 10, "passed", NULL},
    {10, 0, 100, 20, "missed", "5.00 times as fast, at least 10 wanted"},
    {0, 10, 1, 10, "passed", NULL},
    {0, 10, 1, 12.5, "missed", "12.50 ms, at most 10 ms wanted"},
    {2, 10, 10, 20, "missed", "0.50 times as fast, at least 2 wanted; 20.00 ms, at most 10 ms wanted"},
};

TEST(what_was_wanted_is_passed_or_missed)
{
    AUTO(Arena) *arena = arena_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Bench bench = {.at_least = cases[i].at_least, .at_most_ms = cases[i].at_most_ms};
        BenchOutcome outcome = {.old_ms = cases[i].old_ms, .new_ms = cases[i].new_ms};
        bench_judge(arena, &bench, &outcome);
        CHECK_TEXT(outcome.state, cases[i].state);
        CHECK_TEXT(outcome.why, cases[i].why);
    }
}
