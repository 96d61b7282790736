-- Rejects of chunk 0 of entity $2 of migration $1 by reason: reason, whether they count against the budget, rows, up to three keys.
SELECT reason, budgeted, count(*), (array_agg(source_key::text ORDER BY id) FILTER (WHERE source_key IS NOT NULL))[1:3]
  FROM rehome.reject WHERE migration = $1::bigint AND entity = $2 AND chunk = 0
 GROUP BY reason, budgeted ORDER BY count(*) DESC, reason COLLATE "C"
