-- Rows that `verify --repair` has found and not put right, of migration $1: entity, kind, why, rows, first and last found.
SELECT p.entity, p.kind, p.why, count(*), min(p.planned_at), max(p.planned_at)
  FROM rehome.repair p LEFT JOIN rehome.entity e ON e.migration = p.migration AND e.name = p.entity
 WHERE p.migration = $1::bigint
 GROUP BY e.position, p.entity, p.kind, p.why
 ORDER BY e.position, p.entity COLLATE "C", p.kind COLLATE "C", p.why COLLATE "C"
