-- Begins a pass of migration $1 by method $2 over the entities $3: its id, locked for this session.
INSERT INTO rehome.verification_pass (migration, method, entities) VALUES ($1::bigint, $2, $3::text[])
RETURNING id, pg_try_advisory_lock(1919248493, id::int)
