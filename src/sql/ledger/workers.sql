-- Who works for migration $1: host, pid, number, process of the server, whether that is alive, entity and id of the chunk that it holds, name of the step, since
-- when, and for how many seconds. What somebody holds is told by the lock on the row itself: its xmax is the transaction that has it.
SELECT r.host, r.pid, w.number, w.backend, a.pid IS NOT NULL, coalesce(c.entity, s.entity), c.id, s.name,
       CASE WHEN a.pid IS NULL THEN w.connected_at ELSE coalesce(a.xact_start, w.connected_at) END,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8
  FROM rehome.run r
  JOIN rehome.worker w ON w.run = r.id
  LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = w.backend AND coalesce(a.backend_start = w.backend_started, true)
  LEFT JOIN rehome.chunk c ON c.migration = r.migration AND c.state = 'pending' AND c.xmax = a.backend_xid
  LEFT JOIN rehome.step s ON s.migration = r.migration AND s.state = 'pending' AND s.xmax = a.backend_xid
 WHERE r.migration = $1::bigint AND r.state = 'running'
 ORDER BY r.id, w.number
