#include "cli/advice.h"

#include "base/text.h"

/* Of a migration whose rejects are over their budget; its rows were all moved. */
static const char over_budget_reason[] =
    "lists the rows that were rejected; mend the transform and `rehome rejects retry`, or `rehome rejects waive`";

/* The first row that fits counts; NULL fits everything. */
static const struct {
    const char *phase, *state, *next, *reason;
} nexts[] = {
    {"rollback", NULL, "rehome rollback", "goes on with the rollback that was begun"},
    {"rolled back", NULL, "rehome run", "begins anew"},
    {"done", NULL, "rehome verify", "compares again; nothing is left to move"},
    {"verify", "done", "rehome verify", "compares again; nothing is left to move"},
    {"verify", "failed", "rehome verify", "compares again and names what differs"},
    {NULL, "running", "rehome status --watch", "a run is under way; if it was killed, `rehome run` goes on"},
    {NULL, "failed", "rehome run", "goes on from where it failed, once the cause is mended"},
    {NULL, "stopped", "rehome run", "goes on from where it stopped"},
    {NULL, NULL, "rehome run", "goes on with the next phase"},
};

static bool fits(const char *pattern, const char *value)
{
    return !pattern || text_equal(pattern, value);
}

Advice advice_for(const char *phase, const char *state, bool over_budget, const char *back)
{
    if (!phase)
        return (Advice){"rehome plan", "shows what will happen; `rehome run` does it", "nothing has changed yet"};
    size_t next = 0;
    while (!fits(nexts[next].phase, phase) || !fits(nexts[next].state, state))
        next++;
    bool look = over_budget && text_equal(phase, "done");
    return (Advice){
        .next = look ? "rehome rejects" : nexts[next].next,
        .reason = look ? over_budget_reason : nexts[next].reason,
        .back = back,
    };
}
