-- Something that rollback undoes of migration $1: kind $2, step $3, entity $4, chunk $5, run $6, relation $7, images $8, columns $9, key $10, before $11,
-- action $12; its id.
INSERT INTO rehome.undo (migration, kind, step, entity, chunk, run, relation, images, columns, key, before, action)
VALUES ($1::bigint, $2, $3, $4, $5::bigint, $6::bigint, $7, $8, $9::text[], $10::text[], $11::jsonb, $12)
RETURNING id
