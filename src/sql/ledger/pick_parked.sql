-- Rejects of entity $2 of migration $1 that were parked, and whose parent is no reject of the entities $3 any more: at most $5 of those after id $4 up
-- to id $6.
SELECT r.id
  FROM rehome.reject r
 WHERE r.migration = $1::bigint AND r.entity = $2 AND r.parked IS NOT NULL AND r.id > $4::bigint AND r.id <= $6::bigint
   AND NOT EXISTS (SELECT FROM rehome.reject p
                    WHERE p.migration = $1::bigint AND p.entity = ANY ($3::text[]) AND p.source_key = r.parked)
 ORDER BY r.id
 LIMIT $5::bigint
