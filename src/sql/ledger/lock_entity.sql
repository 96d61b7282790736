-- Keeps others from trying rejects of entity $2 of migration $1 again until this transaction ends: fingerprint, schema and name of its table.
SELECT fingerprint, into_schema, into_name FROM rehome.entity WHERE migration = $1::bigint AND name = $2 FOR NO KEY UPDATE
