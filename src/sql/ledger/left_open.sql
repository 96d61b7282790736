-- Steps of migration $1 that are not done: how many, and the first one's name.
SELECT count(*), (array_agg(name ORDER BY position))[1] FROM rehome.step WHERE migration = $1::bigint AND state <> 'done'
