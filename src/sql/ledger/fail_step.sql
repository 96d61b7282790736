-- Marks step $2 of migration $1 failed with message $3 and SQLSTATE $4.
UPDATE rehome.step SET state = 'failed', error = $3, sqlstate = nullif($4, '')
 WHERE migration = $1::bigint AND name = $2 AND state <> 'done'
