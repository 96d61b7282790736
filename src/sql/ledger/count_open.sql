-- How many of the steps $2 of migration $1 are not done.
SELECT count(*) FROM rehome.step WHERE migration = $1::bigint AND name = ANY ($2::text[]) AND state <> 'done'
