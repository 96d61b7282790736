-- Tells that something of entity $2 or step $3 of migration $1 is tried again, because of $4 with SQLSTATE $5.
INSERT INTO rehome.event (migration, event, entity, step, message, sqlstate) VALUES ($1::bigint, 'retried', $2, $3, $4, nullif($5, ''))
