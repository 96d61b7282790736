/* Rows that come back, or go, in the open transaction of the target. */
#pragma once

#include "engine/rollback.h"

typedef struct RollbackWork {
    Arena *arena;
    Conn *target;
    int64_t migration;
    int64_t run; /* of which alone; 0: of all */
    bool force;
    RollbackReport *report;
} RollbackWork;

/* One entry of kind rows. */
bool rollback_rows(const RollbackWork *work, const RollbackEntry *entry, Error *error);
/* All entries of kind empty of one table that are undone; `whole`: there are no others of the migration. */
bool rollback_empty(const RollbackWork *work, const RollbackEntryList *entries, bool whole, Error *error);
/* One entry of kind replaced. */
bool rollback_replaced(const RollbackWork *work, const RollbackEntry *entry, Error *error);
