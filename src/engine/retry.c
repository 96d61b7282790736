#include "engine/retry.h"

#include "base/clock.h"
#include "base/text.h"

#include <math.h>

static const double LONGEST_PAUSE_S = 15;

static const RetryRule rules[] = {
    [REMEDY_NONE] = {0},
    [REMEDY_AGAIN] = {.again = 3, .pause_s = 1, .growth = 3, .fresh = true},
    [REMEDY_LOCK] = {.again = 30, .pause_s = 1, .growth = 1},
    [REMEDY_OUTAGE] = {.again = 3, .pause_s = 0.5, .growth = 2, .patience_s = 300, .fresh = true},
    [REMEDY_SPLIT] = {.again = 3, .pause_s = 0.5, .growth = 3, .fresh = true, .splits = true},
    [REMEDY_STOP] = {.stops = true},
};

Remedy retry_remedy(const Error *error)
{
    if (error->kind == ERROR_RESOURCE || error->kind == ERROR_RIGHTS || error->kind == ERROR_SYSTEM)
        return REMEDY_STOP;
    if (error->kind != ERROR_TRANSIENT)
        return REMEDY_NONE;
    return sqlstate_remedy(error->sqlstate);
}

const RetryRule *retry_rule(Remedy remedy)
{
    return &rules[remedy];
}

double retry_pause(const RetryRule *rule, int time)
{
    double pause = rule->pause_s * pow(rule->growth, time > 1 ? time - 1 : 0);
    return clock_backoff(1, fmin(pause, LONGEST_PAUSE_S));
}

bool retry_waits(Remedy remedy, bool announced, int times, double seconds)
{
    const RetryRule *rule = &rules[announced ? REMEDY_OUTAGE : remedy];
    return rule->patience_s > 0 ? seconds < rule->patience_s : times <= rule->again;
}

void retry_advise(Error *error)
{
    static const char goes_on[] = "Then run again: it goes on where it stopped.";
    if (retry_remedy(error) == REMEDY_NONE || text_ends_with(error->hint, goes_on))
        return;
    const char *advice = sqlstate_advice(error->sqlstate);
    if (!advice && !*error->hint)
        return;
    AUTO(Arena) *arena = arena_new();
    Text hint = text_new(arena);
    text_add(&hint, error->hint);
    text_separate(&hint, "\n");
    if (advice)
        text_addf(&hint, "%s ", advice);
    text_add(&hint, goes_on);
    error_hint(error, "%s", hint.chars);
}
