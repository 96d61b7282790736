-- What tells whether a server is written to: xmin and xmax of the snapshot, when the server was started (NULL on a standby), whether a transaction of others has a number, the snapshot.
-- Those that have one hold a lock on it, which everybody may see; the youngest of them are in no snapshot.
SELECT pg_catalog.txid_snapshot_xmin(s), pg_catalog.txid_snapshot_xmax(s),
       CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text END,
       EXISTS (SELECT FROM pg_catalog.pg_locks
                WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted AND pid IS DISTINCT FROM pg_catalog.pg_backend_pid()),
       s::text
  FROM pg_catalog.txid_current_snapshot() AS s
