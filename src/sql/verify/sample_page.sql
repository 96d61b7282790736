-- At most $3 chosen rows behind id $1, of entity $2 by their driving key (0: by the target's key): id, key, driving key.
SELECT id, key, driving FROM pg_temp.rehome_sample
 WHERE id > $1::bigint AND CASE WHEN $2::int = 0 THEN key IS NOT NULL ELSE entity = $2::int AND driving IS NOT NULL END
 ORDER BY id LIMIT $3::bigint
