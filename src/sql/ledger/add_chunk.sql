-- Writes one chunk of entity $2 of migration $1: method $3, low $4, high $5, estimated rows $6.
INSERT INTO rehome.chunk (migration, entity, method, low, high, estimated_rows)
VALUES ($1::bigint, $2, $3, $4::text[], $5::text[], $6::bigint)
