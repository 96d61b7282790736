/* How fast the new is beside the old: rehome.bench. */
#pragma once

#include "ledger/ledger.h"

typedef struct BenchOutcome {
    const char *name, *fingerprint;
    const char *state, *why; /* state: passed, missed, failed; why: NULL when there is nothing to say */
    bool is_measured;        /* else there are no times */
    double old_ms, new_ms;   /* medians */
    double ratio;            /* old / new; when read */
    int64_t old_queries, new_queries, runs;
    int64_t position;        /* in the manifest; when written */
    const char *measured_at; /* when read */
} BenchOutcome;
typedef LIST(BenchOutcome) BenchOutcomeList;

bool ledger_record_bench(Conn *target, int64_t migration, const BenchOutcome *outcome, Error *error);
/* None in a ledger that is older than they are. */
bool ledger_benches(Arena *arena, Conn *target, int64_t migration, BenchOutcomeList *outcomes, Error *error);
/* Forgets those that are not among the names. */
bool ledger_retire_benches(Conn *target, int64_t migration, const StringList *names, Error *error);
