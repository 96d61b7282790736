/* What has been read of a subject so far, added up from its units. */
#pragma once

#include "verify/buckets.h"
#include "verify/subject.h"

enum { SEEN_LENGTH = 96 };

/* Of one entity. */
typedef struct DrivingCount {
    int64_t rows;           /* of its driving table, where a unit counts them */
    char seen[SEEN_LENGTH]; /* snapshot_seen() of the source; "": not known, or not one */
    bool is_any;            /* something of it was read */
} DrivingCount;

typedef struct Tally {
    Buckets source, target;
    int64_t *source_rows; /* per filling */
    DrivingCount *driving; /* likewise */
    int64_t target_rows;
    double started, ended; /* clock_now(); 0: not yet */
} Tally;

Tally tally_new(Arena *arena, const Subject *subject);
/* Sums of rows that the filling of this number gives, read in a snapshot. */
void tally_add_source(Tally *tally, size_t filling, const Result *sums);
void tally_add_target(Tally *tally, const Result *sums);
void tally_note_seen(Tally *tally, size_t filling, const char *seen);
