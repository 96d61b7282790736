-- Steps of migration $1 with the names $2 are to be done again.
UPDATE rehome.step SET state = 'pending', done_at = NULL
 WHERE migration = $1::bigint AND name = ANY ($2::text[]) AND state = 'done'
