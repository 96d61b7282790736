-- Whether chunk $1 is done, and by worker $2; waits for whoever holds it.
SELECT state = 'done', coalesce(worker = $2, false) FROM rehome.chunk WHERE id = $1::bigint FOR UPDATE
