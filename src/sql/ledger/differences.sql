-- Rows of entity $2 of migration $1 that its latest verification found to differ: kind, key, driving key, columns.
SELECT kind, key, driving_key, columns FROM rehome.difference WHERE migration = $1::bigint AND entity = $2 ORDER BY id
