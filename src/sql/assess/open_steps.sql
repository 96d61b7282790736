-- Names of the steps of migration $1 that are not done.
SELECT name FROM rehome.step WHERE migration = $1::bigint AND state <> 'done'
