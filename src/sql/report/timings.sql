-- How long the entities of migration $1 took: entity, first chunk's start, last chunk's end, seconds between, rows read in a second of that, seconds of all chunks together,
-- the slowest chunk, chunks, bytes.
SELECT c.entity, c.began, c.ended, c.seconds, CASE WHEN c.seconds > 0 THEN round(c.read / c.seconds) END, c.work, c.slowest, c.chunks, c.bytes
  FROM (SELECT entity, min(done_at - coalesce(seconds, 0) * interval '1 second') AS began, max(done_at) AS ended,
               extract(epoch FROM max(done_at) - min(done_at - coalesce(seconds, 0) * interval '1 second')) AS seconds, sum(read) AS read, sum(seconds) AS work,
               max(seconds) AS slowest, count(*) AS chunks, sum(bytes) AS bytes
          FROM rehome.chunk WHERE migration = $1::bigint AND state = 'done' AND method <> 'keys' GROUP BY entity) c
  LEFT JOIN rehome.entity e ON e.migration = $1::bigint AND e.name = c.entity
 ORDER BY e.position, c.entity COLLATE "C"
