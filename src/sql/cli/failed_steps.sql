-- Steps of migration $1 that failed: name, entity, SQLSTATE, error.
SELECT name, entity, sqlstate, error FROM rehome.step
 WHERE migration = $1::bigint AND state = 'failed' ORDER BY position
