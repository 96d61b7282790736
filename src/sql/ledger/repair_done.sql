-- The rows $1 are put right.
DELETE FROM rehome.repair WHERE id = ANY ($1::bigint[])
