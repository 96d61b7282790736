/* Looks that cost less than a verification and prove less: counts and sums, or a sample of the rows. They never end a
 * migration's proof. */
#pragma once

#include "verify/verify.h"

/* Of one entity; those that fill one table are looked at together, each has its own. */
typedef struct Glance {
    const char *entity;
    const char *state;     /* passed, failed, suspect; "left out" */
    const char *left_out;  /* why; NULL: it was looked at */
    int64_t source_rows, target_rows; /* of fast: of the table and all that fill it */
    int64_t compared;      /* of a sample: rows */
    int64_t missing, extra, different, suspect; /* of a sample: among these */
    double at_most;        /* of a sample: with 95 % confidence no larger part of all rows differs */
    StringList complaints; /* of fast: sentences */
    StringList columns;    /* of fast: whose sums were compared */
    DifferenceList differences;
    double seconds;
} Glance;
typedef LIST(Glance) GlanceList;

/* Counts of rows and NULLs, sums of numbers, least and greatest keys. */
bool glance_fast(Arena *arena, const VerifyRequest *request, GlanceList *found, Error *error);
/* So many percent of the driving rows, and of the target's, chosen by `seed`, each compared with the other side by key. */
bool glance_sample(Arena *arena, const VerifyRequest *request, double percent, int seed, GlanceList *found, Error *error);

/* ---- pure ---- */

/* The part of all that differs at most, with 95 % confidence, when so many of those looked at did: Clopper and Pearson's
 * bound. */
double glance_bound(int64_t looked_at, int64_t differ);
