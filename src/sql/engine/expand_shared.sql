-- Expand step $2 of migration $1 was run for other params: it is done for these too, with the same text.
INSERT INTO rehome.step (migration, name, position, kind, reason, action, state, done_at)
SELECT mine.id, s.name, -1, 'expand', 'it was run for other params', s.action, 'done', s.done_at
  FROM rehome.migration mine JOIN rehome.migration m ON m.name = mine.name AND m.id <> mine.id JOIN rehome.step s ON s.migration = m.id
 WHERE mine.id = $1::bigint AND s.name = $2 AND s.kind = 'expand' AND s.state = 'done'
 ORDER BY s.done_at DESC LIMIT 1
    ON CONFLICT (migration, name) DO UPDATE SET state = 'done', action = excluded.action, reason = excluded.reason, done_at = excluded.done_at
 WHERE rehome.step.state <> 'done'
