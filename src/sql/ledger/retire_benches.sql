-- Forgets benches of migration $1 that are not among the names $2.
DELETE FROM rehome.bench WHERE migration = $1::bigint AND NOT name = ANY ($2::text[])
