/* The second look: rows of both sides staged on the target as (key hash, row hash) and joined there, so that what
 * differs is named. */
#pragma once

#include "verify/unit.h"

enum { MOST_EXAMPLES = 10, MOST_NAMED = 1000 };

/* A row that differs. */
typedef struct OddRow {
    Difference told; /* its columns are filled by named.h */
    const char *kh, *source_hash, *target_hash; /* the latter NULL where that side has no such row */
    const char *const *key;                     /* as text, in the order of the subject's key; NULL: it has none */
    const char *const *driving;                 /* the driving key as text; NULL: not known */
} OddRow;
typedef LIST(OddRow) OddRowList;

/* What was found of one filling. */
typedef struct Finding {
    int64_t missing, extra, different;
    int64_t source_rows, target_rows; /* that were staged */
    OddRowList odd;                   /* the first MOST_NAMED: missing ones, then different and extra ones */
} Finding;

/* `units`: all of the subject. `findings`: one per filling, zeroed. */
bool compare_run(Arena *arena, Desk *desk, const Subject *subject, const UnitList *units, BucketFilter filter,
                 Finding *findings, Error *error);
