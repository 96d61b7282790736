/* Tables put back as they are in a backup: what differs is changed and nothing else, in one transaction for all of
 * them.
 *
 * A row that differs is ours when one of our transactions wrote it; any other was changed, added or removed by somebody
 * else, and is left alone without --force. A row that is missing counts as removed by us only where entities replace
 * rows, and in a table without a key. */
#pragma once

#include "rollback/order.h"
#include "rollback/work.h"

/* In the open transaction: columns that scripts have added to the tables since have their defaults again in our rows.
 * They will be dropped, and until then may refer to rows of tables that are not in the backup. */
bool rollback_backup_columns(const RollbackWork *work, Error *error);
/* Reads the archives into temporary tables of the session; outside a transaction. */
bool rollback_backup_load(const RollbackWork *work, Error *error);
/* In the open transaction: puts the tables back. */
bool rollback_backup(const RollbackWork *work, Error *error);
