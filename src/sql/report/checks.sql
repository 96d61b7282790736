-- Checks of migration $1: name, side, state, severity, value, when.
SELECT c.name, c.side, c.state, c.severity, c.value, c.checked_at
  FROM rehome.check c WHERE c.migration = $1::bigint
 ORDER BY pg_catalog.array_position(ARRAY['source', 'target', 'balance'], c.side), c.name COLLATE "C"
