-- Writes one entity of migration $1 unless it is there.
INSERT INTO rehome.entity (migration, name, position, into_schema, into_name, way, method, was_empty, fingerprint, estimated_rows)
VALUES ($1::bigint, $2, $3::int, $4, $5, $6, $7, $8::boolean, $9, $10::bigint)
    ON CONFLICT (migration, name) DO NOTHING
