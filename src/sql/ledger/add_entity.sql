-- Writes one entity of migration $1 that fills table $11; while that was not prepared yet, one that is there becomes what the plan says now.
INSERT INTO rehome.entity (migration, name, position, into_schema, into_name, way, method, was_empty, fingerprint, estimated_rows, undo)
VALUES ($1::bigint, $2, $3::int, $4, $5, $6, $7, $8::boolean, $9, $10::bigint, $12)
    ON CONFLICT (migration, name) DO UPDATE
   SET position = excluded.position, into_schema = excluded.into_schema, into_name = excluded.into_name, way = excluded.way,
       method = excluded.method, was_empty = excluded.was_empty, estimated_rows = excluded.estimated_rows, undo = excluded.undo
 WHERE NOT EXISTS (SELECT FROM rehome.step p
                    WHERE p.migration = $1::bigint AND p.kind = 'prepare' AND p.state = 'done' AND p.relation = $11)
