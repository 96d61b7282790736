-- Rejects of chunk $3 of entity $2 of migration $1 were tried before: those with the keys $4 so often ($5).
UPDATE rehome.reject r SET attempt = b.attempts + 1
  FROM unnest($4::text[], $5::int[]) AS b (key, attempts)
 WHERE r.migration = $1::bigint AND r.entity = $2 AND r.chunk = $3::bigint AND r.source_key = b.key::jsonb
