/* One view of the source for all workers: a transaction that exports its snapshot, and others that import it.
 *
 * The holder is opened on first use, and opened anew when it is lost (then with a new snapshot). It first tries to
 * import `offered`, the snapshot another rehome process wrote into the ledger, and exports that one again, so that two
 * processes read the same rows and neither depends on the other's life. Thread-safe. */
#pragma once

#include "pg/conn.h"

typedef struct Snapshot Snapshot;

/* `offered` may be NULL or stale. Nothing is opened yet. */
Snapshot *snapshot_new(const ConnOptions *options, const char *offered);
void snapshot_free(Snapshot *snapshot);
void Snapshot_cleanup(Snapshot **snapshot);

/* Leaves `conn` in a read-only REPEATABLE READ transaction that sees the shared snapshot. A connection that already is
 * in a transaction stays in it, unless that one has failed. */
bool snapshot_import(Snapshot *snapshot, Conn *conn, Error *error);
/* Leaves `conn` in a read-only transaction that sees what `offered` sees, or, when that is NULL or stale, what is there now. */
bool snapshot_join(Conn *conn, const char *offered, Error *error);
/* Ends whatever transaction `conn` is in and leaves it in one that sees the shared snapshot and may write. */
bool snapshot_import_to_write(Snapshot *snapshot, Conn *conn, Error *error);
/* What the transaction of `conn` sees, as a text: two transactions with the same one, of whatever process, see the same
 * rows. NULL on a standby, whose snapshots do not say all. */
bool snapshot_seen(Arena *arena, Conn *conn, const char **seen, Error *error);
/* The exported name, e.g. "00000003-0000001B-1"; NULL before the first import. Copied into `arena`. */
char *snapshot_name(Arena *arena, Snapshot *snapshot);
