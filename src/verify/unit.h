/* A part of one side of a subject that is read by one statement. */
#pragma once

#include "verify/buckets.h"
#include "verify/desk.h"
#include "verify/subject.h"

typedef struct Unit {
    const Subject *subject;
    int number;             /* among the subject's, as units_build() gave it */
    const Filling *filling; /* whose rows on the source; NULL: the target's */
    KeySet keys;            /* of the driving table, or of the target table */
    bool counts;            /* nothing is hashed: all driving rows of the filling are counted */
    const KeySet *given;    /* of a filling: only rows that have one of these target keys; NULL: all */
} Unit;
typedef LIST(Unit) UnitList;

/* All units of a subject, those of the sources and of the target in turn, so that both servers have work. */
void units_build(Arena *arena, const Subject *subject, UnitList *units);

/* One for each filling, and one for the target. */
void units_whole(Arena *arena, const Subject *subject, UnitList *units);

/* The sums of the unit's rows by bucket, or how many driving rows there are. Owned by the caller. */
Result *unit_sums(const Unit *unit, Desk *desk, Error *error);
/* A FROM item of its rows, "q" or "t" as in hashed.h, to be read on *conn. NULL on failure. */
const char *unit_rows_from(Arena *arena, const Unit *unit, Desk *desk, Conn **conn, Error *error);
/* Puts its rows of the wanted buckets into rehome_source, and commits, or into rehome_target in the transaction that
 * the caller has begun on the desk's target connection. */
bool unit_stage(const Unit *unit, Desk *desk, BucketFilter filter, Error *error);
/* Its rows whose key's hash is among these (an array literal): hash of the key, of the row (an array where the target's
 * has several), for each column its value as text, and a digest of its bytes. Owned by the caller. */
Result *unit_rows(const Unit *unit, Desk *desk, const char *hashes, const StringList *columns, Error *error);
