/* Row by row: rows of both sides staged on the target as (key hash, row hash) and joined there, so that what differs is
 * named. While somebody writes, it is looked at again before it counts (looks.h). */
#pragma once

#include "verify/odd_row.h"
#include "verify/unit.h"

enum { MOST_EXAMPLES = 10, MOST_NAMED = 1000 };

/* What was found of one filling. */
typedef struct Finding {
    int64_t missing, extra, different, suspect; /* suspect: of any of the three, and it still changes */
    int64_t source_rows, target_rows; /* that were staged */
    OddRowList odd;                   /* the first MOST_NAMED: missing ones, then different and extra ones, then suspects */
} Finding;

/* The same of rows that are staged already; `units` are all of the subject. */
bool compare_staged(Arena *arena, Desk *desk, const Subject *subject, const UnitList *units, Finding *findings,
                    Error *error);
/* `units`: all of the subject. `findings`: one per filling, zeroed. */
bool compare_run(Arena *arena, Desk *desk, const Subject *subject, const UnitList *units, BucketFilter filter,
                 Finding *findings, Error *error);
