/* The tables rehome.crosswalk_… of the ledger: made, emptied, and read from either side. */
#pragma once

#include "pg/conn.h"
#include "pg/snapshot.h"
#include "plan/crosswalk.h"

#include <stdint.h>

/* Those that are there, of all migrations. */
bool crosswalk_load(Arena *arena, Conn *target, CrosswalkList *crosswalks, Error *error);
/* Makes the tables that the plan's entities fill, and columns that they lack, in the caller's transaction. */
bool crosswalk_install(Arena *arena, Conn *target, const Plan *plan, Error *error);
/* The entity begins anew: its rows go, if there are any. */
bool crosswalk_forget(Arena *arena, Conn *target, const char *migration, const char *entity, Error *error);

/* Where an entity's SQL is run, and what is read there. */
typedef struct CrosswalkReach {
    const Gathered *gathered;
    int64_t migration;
    Conn *source;       /* in a transaction; equal to `target` inside one database */
    Conn *target;       /* in a transaction that sees the rows of the crosswalks */
    Snapshot *snapshot; /* of the source's transaction, which may be begun anew; NULL: it must stay as it is */
} CrosswalkReach;

/* Whether its SQL reads any. */
bool crosswalk_is_read(const EntityPlan *entity);
/* The entity with its crosswalks in their seats: this migration's rows, for its transform and its load. On a source of
 * its own they are a temporary table of the session, or a few rows in the statement itself. Returns NULL when they
 * cannot be brought there. `entity` itself when it reads none. */
const EntityPlan *crosswalk_bring(Arena *arena, const CrosswalkReach *reach, const EntityPlan *entity, Error *error);
