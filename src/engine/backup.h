/* A dump of the target's tables before the first write: taken by one process, in one snapshot, proved to be restorable,
 * and only then known to the ledger as whole. What others write between its snapshot and our first write is not in it.
 */
#pragma once

#include "engine/engine.h"
#include "scratch/clients.h"

/* What the plan has to know of earlier backups. */
bool backup_gather(Session *session, Error *error);
/* Before anything is written: that the backup of the plan, if there is to be one, can be taken here. */
bool backup_check(Session *session, Error *error);
/* Takes it. The caller holds the lock of the setup, so that nobody else does. */
bool backup_take(Session *session, Error *error);

/* A table of a backup, for reading it back. */
typedef struct BackedUp {
    const char *path;
    const char *schema, *name; /* as stored */
    const char *relation;      /* quoted and qualified */
    StringList columns;        /* as they stand in the archive */
    int64_t rows;
} BackedUp;
/* Makes the temporary table `into` and fills it with the table's rows. ERROR_SYSTEM when the archive is damaged. */
bool backup_load(Arena *arena, Conn *conn, const Clients *clients, const BackedUp *table, const char *into,
                 Error *error);
/* "a", "b" */
char *backup_names(Arena *arena, const StringList *columns, const char *before);
