-- Latest outcomes of the checks of migration $1: name, side, severity, state, value.
SELECT name, side, severity, state, value FROM rehome.check WHERE migration = $1::bigint ORDER BY checked_at, side, name COLLATE "C"
