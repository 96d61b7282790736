/* What a failure leads to: again, after a pause, in smaller parts, or to the end. Pure: it decides and does nothing. */
#pragma once

#include "base/error.h"
#include "pg/sqlstate.h"

#include <stdbool.h>

typedef struct RetryRule {
    int again;         /* how often a chunk or step is tried again */
    double pause_s;    /* before the first time; jittered */
    double growth;     /* of the pause from one time to the next */
    double patience_s; /* how long a server that cannot be reached is waited for; 0: `again` times */
    bool fresh;        /* on new connections to both sides */
    bool splits;       /* a chunk is cut in two first, and that does not count */
    bool stops;        /* nothing new is begun, others finish their chunk */
} RetryRule;

/* The one table of what is done, by the SQLSTATE where there is one, else by the kind of the error. */
Remedy retry_remedy(const Error *error);
const RetryRule *retry_rule(Remedy remedy);
/* The jittered pause before time number `time` (1, 2, …). */
double retry_pause(const RetryRule *rule, int time);
/* Whether a server that could not be reached `times` times in a row, for `seconds` by now, is tried once more. `announced`: it was shut
 * down or is starting up, by its own words. */
bool retry_waits(Remedy remedy, bool announced, int times, double seconds);
/* Adds to the hint what a person does about it, and that the next run goes on; for failures that end a run. */
void retry_advise(Error *error);
