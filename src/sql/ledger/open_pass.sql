-- The youngest pass of migration $1 by method $2 over the entities $3 that was begun within a day and did not end, and whether it is ours now: no living process holds it.
SELECT id, pg_try_advisory_lock(1919248493, id::int)
  FROM (SELECT id FROM rehome.verification_pass
         WHERE migration = $1::bigint AND method = $2 AND state = 'running' AND entities = $3::text[] AND started_at > now() - interval '1 day'
         ORDER BY id DESC LIMIT 1) AS p
