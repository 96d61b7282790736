-- Entities of migration $1 whose chunks were moved: name, seconds from the start of the first to the end of the last.
SELECT entity, extract(epoch FROM max(done_at) - min(done_at - seconds * interval '1 second'))
  FROM rehome.chunk WHERE migration = $1::bigint AND state = 'done' AND method <> 'keys' GROUP BY entity
