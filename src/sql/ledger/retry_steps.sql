-- Failed steps of migration $1 become pending again.
UPDATE rehome.step SET state = 'pending', error = NULL, sqlstate = NULL WHERE migration = $1::bigint AND state = 'failed'
