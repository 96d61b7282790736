-- A session that waits for a lock of this one: pid, user, program. No row: none does. What a transaction has seen of pg_stat_activity it keeps, so a
-- session that came later may have no name.
SELECT l.pid, coalesce(a.usename, '?'), coalesce(nullif(a.application_name, ''), 'no name')
  FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
 WHERE NOT l.granted AND pg_catalog.pg_backend_pid() = ANY (pg_catalog.pg_blocking_pids(l.pid))
 LIMIT 1
