-- The first chunk of entity $2 of migration $1 that is pending: method, low, high, estimated rows.
SELECT method, low, high, estimated_rows FROM rehome.chunk
 WHERE migration = $1::bigint AND entity = $2 AND state = 'pending' ORDER BY id LIMIT 1
