-- Writes one step of migration $1; one that is there and not done yet becomes what the plan says now.
INSERT INTO rehome.step (migration, name, position, kind, entity, relation, reason, needs, weight, action, held)
VALUES ($1::bigint, $2, $3::int, $4, $5, $6, $7, $8::text[], $9::bigint, $10, $11::jsonb)
    ON CONFLICT (migration, name) DO UPDATE
   SET position = excluded.position, kind = excluded.kind, entity = excluded.entity, relation = excluded.relation,
       reason = excluded.reason, needs = excluded.needs, weight = excluded.weight, action = excluded.action, held = excluded.held
 WHERE step.state <> 'done'
