-- Books of the entities of migration $1: name, state, driving rows, read, written, unchanged, merged, filtered, rejected, whether they balance, chunks done, chunks.
SELECT e.name, coalesce(s.state, 'pending'), coalesce(c.driving, 0), coalesce(c.read, 0), coalesce(c.written, 0), coalesce(c.unchanged, 0),
       coalesce(c.merged, 0), coalesce(c.filtered, 0), coalesce(c.rejected, 0),
       coalesce(c.balanced, true) AND coalesce(c.rejected, 0) = coalesce(r.rows, 0),
       coalesce(c.done, 0), coalesce(c.chunks, 0)
  FROM rehome.entity e
  LEFT JOIN rehome.step s ON s.migration = e.migration AND s.entity = e.name AND s.kind = 'copy'
  LEFT JOIN (SELECT entity, sum(driving) AS driving, sum(read) AS read, sum(written) AS written, sum(unchanged) AS unchanged, sum(merged) AS merged,
                    sum(filtered) AS filtered, sum(rejected) AS rejected, bool_and(read = written + unchanged + merged + filtered + rejected) AS balanced,
                    count(*) FILTER (WHERE method <> 'keys' AND state = 'done') AS done, count(*) FILTER (WHERE method <> 'keys') AS chunks
               FROM rehome.chunk WHERE migration = $1::bigint GROUP BY entity) c ON c.entity = e.name
  LEFT JOIN (SELECT entity, count(*) AS rows FROM rehome.reject WHERE migration = $1::bigint GROUP BY entity) r ON r.entity = e.name
 WHERE e.migration = $1::bigint ORDER BY e.position, e.name COLLATE "C"
