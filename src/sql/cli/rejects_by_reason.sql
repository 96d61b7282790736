-- Rejects of migration $1 counted by entity and reason: entity, reason, budgeted, rows, an example's message.
SELECT r.entity, r.reason, r.budgeted, count(*), min(coalesce(r.message, ''))
  FROM rehome.reject r LEFT JOIN rehome.entity e ON e.migration = r.migration AND e.name = r.entity
 WHERE r.migration = $1::bigint
 GROUP BY e.position, r.entity, r.reason, r.budgeted
 ORDER BY e.position, r.entity COLLATE "C", count(*) DESC, r.reason COLLATE "C", r.budgeted
