-- Tells event $2 of entity $3 of migration $1 with message $4.
INSERT INTO rehome.event (migration, event, entity, message) VALUES ($1::bigint, $2, $3, $4)
