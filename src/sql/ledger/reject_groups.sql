-- Rejects of migration $1 of entity $2 or its items, of reason $3 or of this kind (NULL: all), by entity and reason: entity, reason, whether any is
-- budgeted, rows, parked, waived, most attempts, up to three keys, a message. An older ledger, which is only read, lacks columns: then they are those of
-- "lacking".
SELECT g.*
  FROM (SELECT NULL::jsonb AS parked, NULL::timestamptz AS waived_at, 1 AS attempt) AS lacking
 CROSS JOIN LATERAL (
       SELECT r.entity, r.reason, bool_or(r.budgeted) AS budgeted, count(*) AS rows, count(*) FILTER (WHERE k.parked IS NOT NULL) AS parked,
              count(*) FILTER (WHERE k.waived_at IS NOT NULL) AS waived, max(k.attempt) AS attempts,
              (array_agg(r.source_key::text ORDER BY r.id) FILTER (WHERE r.source_key IS NOT NULL))[1:3] AS keys, min(r.message) AS message,
              e.position
         FROM rehome.reject r LEFT JOIN rehome.entity e ON e.migration = r.migration AND e.name = r.entity
        CROSS JOIN LATERAL (SELECT parked, waived_at, attempt) AS k
        WHERE r.migration = $1::bigint
          AND ($2::text IS NULL OR r.entity = $2 OR starts_with(r.entity, $2 || '['))
          AND ($3::text IS NULL OR r.reason = $3 OR starts_with(r.reason, $3 || ':'))
        GROUP BY e.position, r.entity, r.reason) AS g
 ORDER BY g.position, g.entity COLLATE "C", g.rows DESC, g.reason COLLATE "C"
