-- Runs of migration $1 that say "running" and of whose sessions none is alive are gone.
UPDATE rehome.run r SET state = 'gone', ended_at = clock_timestamp()
 WHERE r.migration = $1::bigint AND r.state = 'running'
   AND NOT EXISTS (SELECT FROM rehome.worker w JOIN pg_catalog.pg_stat_activity a ON a.pid = w.backend
                    WHERE w.run = r.id AND coalesce(a.backend_start = w.backend_started, true))
