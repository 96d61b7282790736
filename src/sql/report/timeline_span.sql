-- When chunks of migration $1 were moved: from the start of the first to the end of the last, both as they are written and in seconds.
SELECT t.began, t.ended, extract(epoch FROM t.began), extract(epoch FROM t.ended)
  FROM (SELECT min(done_at - coalesce(seconds, 0) * interval '1 second') AS began, max(done_at) AS ended
          FROM rehome.chunk WHERE migration = $1::bigint AND state = 'done' AND method <> 'keys') t
 WHERE t.began IS NOT NULL
