-- Keeps everybody from the steps of migration $1 with the names $2.
SELECT name FROM rehome.step WHERE migration = $1::bigint AND name = ANY ($2::text[]) ORDER BY name COLLATE "C" FOR UPDATE
