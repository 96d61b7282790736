-- All chunks of entity $2 of migration $1 but those that correct books: method, low, high, estimated rows.
SELECT method, low, high, estimated_rows FROM rehome.chunk WHERE migration = $1::bigint AND entity = $2 AND method <> 'keys' ORDER BY id
