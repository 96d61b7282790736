-- Rejects of entity $2 of migration $1 with the keys $3 are tried again: they go.
DELETE FROM rehome.reject WHERE migration = $1::bigint AND entity = $2 AND source_key = ANY ($3::text[]::jsonb[])
