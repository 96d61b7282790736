-- A chunk of entity $2 of migration $1 that will correct the books of those before it: its id.
INSERT INTO rehome.chunk (migration, entity, method) VALUES ($1::bigint, $2, 'keys') RETURNING id
