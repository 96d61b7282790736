-- Migration $1 in one row: name, phase, state, started, finished, steps, steps done, the first failed step and its error.
SELECT m.name, m.phase, m.state, m.created_at, m.finished_at,
       (SELECT count(*) FROM rehome.step s WHERE s.migration = m.id),
       (SELECT count(*) FROM rehome.step s WHERE s.migration = m.id AND s.state = 'done'),
       f.name, f.error
  FROM rehome.migration m
  LEFT JOIN LATERAL (SELECT s.name, s.error FROM rehome.step s
                      WHERE s.migration = m.id AND s.state = 'failed' ORDER BY s.position LIMIT 1) f ON true
 WHERE m.id = $1::bigint
