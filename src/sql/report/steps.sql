-- Steps of migration $1 in their order: number, name, kind, state, done at, who did it, why it is there, error, SQLSTATE.
SELECT row_number() OVER (ORDER BY s.position, s.name COLLATE "C"), s.name, s.kind, s.state, s.done_at, s.worker, s.reason, s.error, s.sqlstate
  FROM rehome.step s WHERE s.migration = $1::bigint ORDER BY s.position, s.name COLLATE "C"
