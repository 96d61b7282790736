/* From rows of a target table back to the rows of the source that they were made of.
 *
 * The rows are hashed as verification hashes them, and so is what the transforms give now, with the driving key beside
 * it; what is alike belongs together, one by one, so it is exact where one driving row gives several rows and where
 * rows differ in nothing but a column that no key has. All in the target's open transaction, in temporary tables:
 * pg_temp.rehome_offender is what comes out. */
#pragma once

#include "pg/snapshot.h"
#include "plan/plan.h"

#include <stdint.h>

typedef struct OriginRequest {
    const Plan *plan;
    int64_t migration;
    Conn *source; /* in a transaction that sees the run's snapshot; equal to `target` inside one database */
    Conn *target;
    Snapshot *snapshot; /* of the source's transaction; NULL inside one database */
    const Relation *relation;
    const char *rows;         /* SELECT of where they are: offenders.h */
    const StringList *tell;   /* columns with few rows for each value, by which the source is asked; none: the whole row */
    const StringList *refers; /* columns that are kept as text: of the foreign key */
} OriginRequest;

/* What pg_temp.rehome_offender holds afterwards. */
typedef struct Origins {
    int64_t rows, strangers;                 /* strangers: no row of the source is known for them */
    LIST(const EntityPlan *) entities;       /* those that fill the table, by the numbers from 1 in rehome_offender.entity */
    StringList told;                         /* which columns of the target its `told` has the values of, as text */
} Origins;

bool origin_find(Arena *arena, const OriginRequest *request, Origins *found, Error *error);
