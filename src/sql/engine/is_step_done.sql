-- Whether step $2 of migration $1 is done with this action ($3).
SELECT EXISTS (SELECT FROM rehome.step WHERE migration = $1::bigint AND name = $2 AND state = 'done' AND action = $3)
