-- On what the sessions $1 of this server wait: process, whether it is there, kind of wait and event, lock that is asked for, who stands before it (process, user,
-- application, state, seconds since the start of its transaction, query), when this server was started.
SELECT o.pid, a.pid IS NOT NULL, coalesce(a.wait_event_type, ''), coalesce(a.wait_event, ''), l.wanted,
       b.pid, b.usename, b.application_name, b.state, extract(epoch FROM clock_timestamp() - b.xact_start)::float8, b.query,
       extract(epoch FROM pg_catalog.pg_postmaster_start_time())
  FROM unnest($1::int[]) o(pid)
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = o.pid
  LEFT JOIN LATERAL (
       SELECT coalesce('a row of ' || t.relation::pg_catalog.regclass, w.relation::pg_catalog.regclass || ' (' || w.mode || ')',
                       CASE w.locktype WHEN 'transactionid' THEN 'a row' ELSE w.locktype END) AS wanted
         FROM pg_catalog.pg_locks w
         LEFT JOIN pg_catalog.pg_locks t ON t.pid = w.pid AND t.locktype = 'tuple' AND w.locktype IN ('transactionid', 'tuple')
        WHERE w.pid = a.pid AND NOT w.granted
        LIMIT 1) l ON a.wait_event_type = 'Lock'
  LEFT JOIN LATERAL (
       SELECT h.pid, s.usename, s.application_name, s.state, s.xact_start, s.query
         FROM unnest(pg_catalog.pg_blocking_pids(a.pid)) h(pid)
         LEFT JOIN pg_catalog.pg_stat_activity s ON s.pid = h.pid
        ORDER BY s.xact_start
        LIMIT 1) b ON a.wait_event_type = 'Lock'
