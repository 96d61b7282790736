#include "report/facts.h"

#include "tap.h"

static const Standing good = {.phase = "done", .state = "done", .entities = 3, .verified = 3, .balanced = true};

static bool is(Standing standing, const char *mood, const char *word)
{
    const Verdict verdict = verdict_of(&standing);
    return CHECK_TEXT(verdict.mood, mood) && CHECK_TEXT(verdict.word, word);
}

#define WITH(...)          \
    ({                     \
        Standing s = good; \
        __VA_ARGS__;       \
        s;                 \
    })

TEST(only_what_is_done_compared_and_balanced_is_good)
{
    is(good, "good", "Complete and verified");
    is(WITH(s.verified = 2), "warn", "Not all compared");
    is(WITH(s.phase = "verify"), "warn", "Not finished");
    is(WITH(s.state = "stopped"), "warn", "Not finished");
    is(WITH(s.over_budget = 1), "warn", "Complete, with rejects over their budget");
    is(WITH(s.benches_bad = 1), "warn", "Complete and verified, but a bench was missed");
}

TEST(what_is_wrong_is_told_before_what_is_not_finished)
{
    is(WITH(s.balanced = false), "bad", "Books out of balance");
    is(WITH(s.missing = 1), "bad", "Differences found");
    is(WITH(s.different = 1, s.phase = "verify", s.state = "failed"), "bad", "Differences found");
    is(WITH(s.complaints = 1), "bad", "Not proved");
    is(WITH(s.unequal = 1), "bad", "Not proved");
    is(WITH(s.findings_bad = 1), "bad", "Not as declared");
    is(WITH(s.suspect = 1), "warn", "Not settled");
    is(WITH(s.suspect = 1, s.missing = 1), "bad", "Differences found");
    is(WITH(s.checks_failed = 1), "bad", "A check failed");
    is(WITH(s.steps_failed = 1, s.phase = "backfill"), "bad", "Failed");
    is(WITH(s.state = "failed", s.phase = "backfill"), "bad", "Failed");
}

TEST(what_was_undone_is_told_as_that)
{
    is(WITH(s.phase = "rollback", s.state = "running", s.missing = 1), "warn", "Being rolled back");
    is(WITH(s.phase = "rolled back", s.entities = 0, s.verified = 0), "calm", "Rolled back");
}
