/* Tables put back as they are in a backup: what differs is changed and nothing else, in one transaction for all of
 * them.
 *
 * A row that differs is ours when one of our transactions wrote it; any other was changed, added or removed by somebody
 * else, and is left alone without --force. A row that is missing counts as removed by us only where entities replace
 * rows, and in a table without a key. */
#pragma once

#include "rollback/order.h"
#include "rollback/rows.h"

/* The tables of all backups of the migration; their files are there and whole. ERROR_STATE: there are none. */
bool rollback_backup_find(Session *session, RollbackTableList *tables, Error *error);
/* What the entry is about is in them. */
bool rollback_backup_covers(const RollbackTableList *tables, const RollbackEntry *entry);
bool rollback_backup_has(const RollbackTableList *tables, ObjectId table);
/* Its rows refer to rows of the backed up tables, by other tables perhaps: they go before. */
bool rollback_backup_is_below(const RollbackTableList *tables, ObjectId table, const RollbackPairList *pairs);
/* What stands for all of them in a plan, and for their new columns, which come first. */
RollbackEntry rollback_backup_before(const RollbackTableList *tables);
RollbackEntry rollback_backup_entry(Arena *arena, const RollbackTableList *tables);

/* In the open transaction: columns that scripts have added to the tables since have their defaults again in our rows.
 * They will be dropped, and until then may refer to rows of tables that are not in the backup. */
bool rollback_backup_columns(const RollbackWork *work, Error *error);
/* Reads the archives into temporary tables of the session; outside a transaction. */
bool rollback_backup_load(const RollbackWork *work, Error *error);
/* In the open transaction: puts the tables back. */
bool rollback_backup(const RollbackWork *work, Error *error);
