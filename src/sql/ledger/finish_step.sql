-- Marks step $2 of migration $1 done by worker $3.
UPDATE rehome.step SET state = 'done', worker = $3, done_at = clock_timestamp(), error = NULL, sqlstate = NULL
 WHERE migration = $1::bigint AND name = $2 AND state = 'pending'
