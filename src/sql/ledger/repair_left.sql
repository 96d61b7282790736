-- The rows $1 could not be put right, and why.
UPDATE rehome.repair SET why = $2 WHERE id = ANY ($1::bigint[])
