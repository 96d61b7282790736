-- Writes the steps of migration $1, an array for each column; one that is there and not done yet becomes what the plan says now, and so does a
-- compat step that was done in another way: it is to be done again. Rows that need no change are not touched, so a step that somebody is at does
-- not make us wait. What was not taken away when the table was prepared need not be brought back. A script that ran for this migration with other
-- params is done here too.
WITH wanted AS (
    SELECT $1::bigint AS migration, name, position, kind, entity, relation, reason, needs::text[], weight, action, held
      FROM ROWS FROM (pg_catalog.unnest($2::text[]), pg_catalog.unnest($3::int[]), pg_catalog.unnest($4::text[]), pg_catalog.unnest($5::text[]),
                      pg_catalog.unnest($6::text[]), pg_catalog.unnest($7::text[]), pg_catalog.unnest($8::text[]), pg_catalog.unnest($9::bigint[]),
                      pg_catalog.unnest($10::text[]), pg_catalog.unnest($11::jsonb[]))
           AS step (name, position, kind, entity, relation, reason, needs, weight, action, held)
), renewed AS (
    UPDATE rehome.step s
       SET position = w.position, kind = w.kind, entity = w.entity, relation = w.relation, reason = w.reason, needs = w.needs,
           weight = w.weight, action = w.action, held = w.held,
           state = CASE WHEN s.state = 'done' THEN 'pending' ELSE s.state END, done_at = CASE WHEN s.state <> 'done' THEN s.done_at END
      FROM wanted w
     WHERE s.migration = w.migration AND s.name = w.name
       AND (s.state <> 'done' OR (s.kind = 'compat' AND s.action IS DISTINCT FROM w.action))
       AND (s.kind, s.entity, s.relation, s.needs, s.action, s.held)
           IS DISTINCT FROM (w.kind, w.entity, w.relation, w.needs, w.action, w.held)
)
INSERT INTO rehome.step (migration, name, position, kind, entity, relation, reason, needs, weight, action, held, state, done_at)
SELECT w.migration, w.name, w.position, w.kind, w.entity, w.relation, w.reason, w.needs, w.weight, coalesce(r.action, w.action), w.held,
       CASE WHEN r.done_at IS NULL THEN 'pending' ELSE 'done' END, r.done_at
  FROM wanted w
  LEFT JOIN LATERAL (
           SELECT s.action, s.done_at
             FROM rehome.migration mine
             JOIN rehome.migration other ON other.name = mine.name AND other.id <> mine.id
             JOIN rehome.step s ON s.migration = other.id AND s.name = w.name AND s.kind = w.kind AND s.state = 'done'
            WHERE mine.id = w.migration
            ORDER BY s.done_at DESC LIMIT 1) r ON w.kind IN ('expand', 'seed')
 WHERE NOT (w.kind IN ('index', 'constraint', 'foreign key', 'validate') AND coalesce(w.relation IN (
           SELECT p.relation FROM rehome.step p
            WHERE p.migration = $1::bigint AND p.kind = 'prepare' AND p.state = 'done'), false))
    ON CONFLICT (migration, name) DO NOTHING
