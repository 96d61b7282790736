#include "cli/advice.h"

#include "base/list.h"
#include "base/text.h"

#include <inttypes.h>

/* Of a migration whose rejects are over their budget; its rows were all moved. */
static const char over_budget_reason[] =
    "lists the rows that were rejected; mend the transform and `rehome rejects retry`, or `rehome rejects waive`";

/* The first row that fits counts; NULL fits everything. */
static const struct {
    const char *phase, *state, *next, *reason;
} nexts[] = {
    {"done", NULL, "rehome verify", "compares again; nothing is left to move"},
    {"verify", "done", "rehome verify", "compares again; nothing is left to move"},
    {"verify", "failed", "rehome verify", "compares again and names what differs"},
    {NULL, "running", "rehome status --watch", "a run is under way; if it was killed, `rehome run` goes on"},
    {NULL, "failed", "rehome run", "goes on from where it failed, once the cause is mended"},
    {NULL, "stopped", "rehome run", "goes on from where it stopped"},
    {NULL, NULL, "rehome run", "goes on with the next phase"},
};

static const struct {
    const char *phase, *back;
} backs[] = {
    {"expand", "drop on the target what the expand and seed files made"},
    {"backfill", "let the run finish, so that indexes and keys are back, and remove from the target what was written"},
    {NULL, "drop the views of `compat`, remove from the target what was written, then what the expand and seed files "
           "made"},
};

static bool fits(const char *pattern, const char *value)
{
    return !pattern || text_equal(pattern, value);
}

Advice advice_for(Arena *arena, const char *phase, const char *state, bool over_budget, int64_t migration)
{
    if (!phase)
        return (Advice){"rehome plan", "shows what will happen; `rehome run` does it", "nothing has changed yet"};
    size_t next = 0, back = 0;
    while (!fits(nexts[next].phase, phase) || !fits(nexts[next].state, state))
        next++;
    while (!fits(backs[back].phase, phase))
        back++;
    bool look = over_budget && text_equal(phase, "done");
    return (Advice){
        .next = look ? "rehome rejects" : nexts[next].next,
        .reason = look ? over_budget_reason : nexts[next].reason,
        .back = arena_printf(
            arena,
            "the source's rows are untouched; to undo, %s, then DELETE FROM rehome.migration WHERE id = %" PRId64,
            backs[back].back, migration),
    };
}
