-- Rejects of migration $1 that somebody takes responsibility for: entity, reason, rows, by whom, why, first and last time.
SELECT r.entity, r.reason, count(*), r.waived_by, r.waived_because, min(r.waived_at), max(r.waived_at)
  FROM rehome.reject r LEFT JOIN rehome.entity e ON e.migration = r.migration AND e.name = r.entity
 WHERE r.migration = $1::bigint AND r.waived_at IS NOT NULL
 GROUP BY e.position, r.entity, r.reason, r.waived_by, r.waived_because
 ORDER BY e.position, r.entity COLLATE "C", count(*) DESC, r.reason COLLATE "C", min(r.waived_at)
