-- Whether step $2 of migration $1 is done, and by worker $3; waits for whoever holds it.
SELECT state = 'done', coalesce(worker = $3, false) FROM rehome.step WHERE migration = $1::bigint AND name = $2 FOR UPDATE
