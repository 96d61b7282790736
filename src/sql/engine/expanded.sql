-- The text of expand step $2 of migration $1 as it was run; no row when it was not.
SELECT action FROM rehome.step WHERE migration = $1::bigint AND name = $2 AND state = 'done'
