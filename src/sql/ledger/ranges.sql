-- All chunks of entity $2 of migration $1 but those that correct books: id, method, low, high, driving rows.
SELECT id, method, low, high, driving FROM rehome.chunk WHERE migration = $1::bigint AND entity = $2 AND method <> 'keys' ORDER BY id
