/* What undoing works with, in the open transaction of the target: who refers to a row, which triggers are kept quiet,
 * what is left alone. */
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

/* Runs a statement; `rows` it affected, may be NULL. */
bool rollback_exec(const RollbackWork *work, const char *sql, int64_t *rows, Error *error);
/* The one number that a SELECT gives. */
bool rollback_number(const RollbackWork *work, const char *sql, int64_t *number, Error *error);
/* The table that keeps an entry's rows. */
const char *rollback_images(Arena *arena, const RollbackEntry *entry);

/* Triggers of the table's owner are kept quiet, so that they change nothing of what comes back; those of a table of
 * somebody else fire. The SQL that wakes them is added to *wake. */
bool rollback_quieten(const RollbackWork *work, ObjectId table, const char *relation, Text *wake, Error *error);
/* Foreign keys of tables among `from` to tables among `to` (arrays of oids) wait for the end of the transaction, where
 * they are ours to alter. The SQL that puts them back is added to *back. */
bool rollback_defer(const RollbackWork *work, const char *from, const char *to, Text *back, Error *error);
/* Conditions over t, true when a row that stays refers to it; of the table itself those do not count of which `doomed`,
 * over c, is true. NULL: nothing can refer to it. */
bool rollback_referred(const RollbackWork *work, const RollbackEntry *entry, const char *doomed, const char **condition,
                       Error *error);
/* Why a row of this fate is left alone, for people. */
const char *rollback_why(Arena *arena, const char *fate);
/* Rows (key, fate) of a SELECT, the first some of them, go into the report. */
bool rollback_tell(const RollbackWork *work, const char *relation, const char *select, Error *error);
/* The key of a row as JSON. */
char *rollback_key_json(Arena *arena, const StringList *key, const char *alias);
/* What was undone is forgotten; what is left stays for `--force`. */
bool rollback_forget(const RollbackWork *work, const RollbackEntry *entry, int64_t left, Error *error);
