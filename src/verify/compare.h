/* The second look: rows of both sides staged on the target as (key hash, row hash) and joined there, so that what
 * differs is named. */
#pragma once

#include "verify/unit.h"

enum { MOST_EXAMPLES = 10 };

/* What was found of one filling. */
typedef struct Finding {
    int64_t missing, extra, different;
    int64_t source_rows, target_rows; /* that were staged */
    StringList examples;              /* keys as JSON objects */
} Finding;

/* `units`: all of the subject. `findings`: one per filling, zeroed. */
bool compare_run(Arena *arena, Desk *desk, const Subject *subject, const UnitList *units, BucketFilter filter,
                 Finding *findings, Error *error);
