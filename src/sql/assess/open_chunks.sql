-- The chunks of entity $2 of migration $1 that are pending, in their order: id.
SELECT id FROM rehome.chunk WHERE migration = $1::bigint AND entity = $2 AND state = 'pending' ORDER BY id
