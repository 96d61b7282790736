-- Marks step $2 of migration $1 done.
UPDATE rehome.step SET state = 'done', done_at = clock_timestamp(), error = NULL, sqlstate = NULL
 WHERE migration = $1::bigint AND name = $2 AND state = 'pending'
