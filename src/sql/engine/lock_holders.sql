-- Who holds locks on table $1, or, where $1 is NULL, on any table more than for reading: pid, user, program, state, age, table. Never the query: it may hold
-- data.
SELECT DISTINCT format('pid %s (%s, %s, %s, in a transaction since %s) on %s', a.pid, a.usename,
              coalesce(nullif(a.application_name, ''), 'no name'), coalesce(a.state, '?'),
              coalesce(date_trunc('second', clock_timestamp() - a.xact_start)::text, '?'), l.relation::pg_catalog.regclass)
  FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
 WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_catalog.pg_backend_pid()
   AND (l.relation = pg_catalog.to_regclass($1)
        OR ($1 IS NULL AND l.mode <> 'AccessShareLock' AND a.datname = pg_catalog.current_database()
            AND a.application_name NOT LIKE 'rehome:%' AND l.relation >= 16384))
 LIMIT 5
