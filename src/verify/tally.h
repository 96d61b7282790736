/* What has been read of a subject so far, added up from its units. */
#pragma once

#include "verify/buckets.h"
#include "verify/subject.h"

typedef struct Tally {
    Buckets source, target;
    int64_t *source_rows; /* per filling */
    int64_t target_rows;
    double started, ended; /* clock_now(); 0: not yet */
} Tally;
