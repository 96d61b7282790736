/* Rows that come back, or go, in the open transaction of the target. */
#pragma once

#include "rollback/rollback.h"

#include "base/text.h"

typedef struct RollbackWork {
    Arena *arena;
    Conn *target;
    int64_t migration;
    int64_t run; /* of which alone; 0: of all */
    bool force;
    const RollbackTableList *tables; /* of a backup */
    bool keeps_objects;              /* what scripts wrote stays, too */
    const ObjectIdList
        *circle; /* tables that are undone together: keys between them are looked at in the end; NULL: none are */
    RollbackReport *report;
} RollbackWork;

/* Triggers of the table's owner are kept quiet, so that they change nothing of what comes back; those of a table of
 * somebody else fire. The SQL that wakes them is added to *wake. */
bool rollback_quieten(const RollbackWork *work, ObjectId table, const char *relation, Text *wake, Error *error);
/* Foreign keys of tables among `from` to tables among `to` (arrays of oids) wait for the end of the transaction, where
 * they are ours to alter. The SQL that puts them back is added to *back. */
bool rollback_defer(const RollbackWork *work, const char *from, const char *to, Text *back, Error *error);
/* Rows (key, fate) of a SELECT, the first some of them, go into the report. */
bool rollback_tell(const RollbackWork *work, const char *relation, const char *select, Error *error);
/* The key of a row as JSON. */
char *rollback_key_json(Arena *arena, const StringList *key, const char *alias);

/* One entry of kind rows. */
bool rollback_rows(const RollbackWork *work, const RollbackEntry *entry, Error *error);
/* All entries of kind empty of one table that are undone; `whole`: there are no others of the migration. */
bool rollback_empty(const RollbackWork *work, const RollbackEntryList *entries, bool whole, Error *error);
/* One entry of kind replaced. */
bool rollback_replaced(const RollbackWork *work, const RollbackEntry *entry, Error *error);
