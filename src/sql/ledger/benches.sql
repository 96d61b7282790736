-- Benches of migration $1: name, fingerprint, state, why, old ms, new ms, ratio, queries, runs, when.
SELECT name, fingerprint, state, why, old_ms, new_ms, ratio, old_queries, new_queries, runs,
       pg_catalog.to_char(measured_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  FROM rehome.bench WHERE migration = $1::bigint ORDER BY position, name COLLATE "C"
