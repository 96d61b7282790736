/* The manifest's `bench`: when everything has moved, the old queries on the source and the new ones on the target run
 * in alternation, and their medians go into the ledger. */
#pragma once

#include "engine/engine.h"
#include "ledger/bench.h"

/* The middle one of the times, or between the middle two; sorts them. */
double bench_median(double *times, size_t count);
/* Pure: passed or missed by the medians that are in *outcome, and why. */
void bench_judge(Arena *arena, const Bench *bench, BenchOutcome *outcome);

/* Measures what is new or was changed, once the migration is done; nothing to do before. A bench that fails or misses
 * what was wanted is an outcome in the ledger, not an Error. Uses the session's connections, outside transactions. */
bool bench_run(Session *session, Error *error);
