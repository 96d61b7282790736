-- Writes one step of migration $1; of one that is there and not done only what it needs may change.
INSERT INTO rehome.step (migration, name, position, kind, entity, reason, needs, weight, action, held)
VALUES ($1::bigint, $2, $3::int, $4, $5, $6, $7::text[], $8::bigint, $9, $10::jsonb)
    ON CONFLICT (migration, name) DO UPDATE SET needs = excluded.needs WHERE step.state = 'pending'
