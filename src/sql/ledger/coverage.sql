-- What speaks against the chunks of entity $2 of migration $1: what, how often, the chunk that shows it, its method, low and high. No row: they begin and
-- end in pairs, with one open end on each side, all are done, and the books balance.
WITH chunk AS (
    SELECT id, method, low, high, state, rejected, read - written - unchanged - merged - filtered - rejected AS off
      FROM rehome.chunk WHERE migration = $1::bigint AND entity = $2
), range AS (
    SELECT * FROM chunk WHERE method <> 'keys'
), bound AS (
    SELECT l.chunk AS begins, h.chunk AS ends, coalesce(l.times, 0) - coalesce(h.times, 0) AS more, coalesce(l.times, 0) + coalesce(h.times, 0) AS times
      FROM (SELECT low AS key, min(id) AS chunk, count(*) AS times FROM range WHERE low IS NOT NULL GROUP BY low) AS l
      FULL JOIN (SELECT high AS key, min(id) AS chunk, count(*) AS times FROM range WHERE high IS NOT NULL GROUP BY high) AS h ON h.key = l.key
), complaint AS (
    SELECT 1 AS place, 'pending' AS what, count(*) AS times, min(id) AS chunk FROM chunk WHERE state <> 'done' HAVING count(*) > 0
     UNION ALL
    SELECT 2, 'unbalanced', off, id FROM chunk WHERE off <> 0
     UNION ALL
    SELECT 3, 'methods', count(DISTINCT method), min(id) FROM range HAVING count(DISTINCT method) > 1
     UNION ALL
    SELECT 4, 'open below', count(*) FILTER (WHERE low IS NULL), min(id) FILTER (WHERE low IS NULL) FROM range HAVING count(*) FILTER (WHERE low IS NULL) <> 1
     UNION ALL
    SELECT 5, 'open above', count(*) FILTER (WHERE high IS NULL), min(id) FILTER (WHERE high IS NULL) FROM range HAVING count(*) FILTER (WHERE high IS NULL) <> 1
     UNION ALL
    SELECT 6, CASE WHEN times > 1 THEN 'ends twice' ELSE 'gap' END, -more, ends FROM bound WHERE more < 0
     UNION ALL
    SELECT 6, CASE WHEN times > 1 THEN 'begins twice' ELSE 'overlap' END, more, begins FROM bound WHERE more > 0
     UNION ALL
    SELECT 7, 'rejects', counted - kept, NULL
      FROM (SELECT (SELECT coalesce(sum(rejected), 0) FROM chunk) AS counted,
                   (SELECT count(*) FROM rehome.reject WHERE migration = $1::bigint AND entity = $2) AS kept) AS rejects
     WHERE counted <> kept
)
SELECT c.what, c.times, c.chunk, k.method, k.low, k.high
  FROM complaint c LEFT JOIN chunk k ON k.id = c.chunk
 ORDER BY c.place, c.chunk
 LIMIT 5
