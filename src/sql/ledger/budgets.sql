-- Rejects of migration $1 and entity $2 (NULL: of all) by the budget that they count against: entity, the budget's name (NULL: what is left for all
-- that have none of their own), rows, how many are allowed, what the manifest says (NULL: nothing, so none is). Per cent are of the rows that were read
-- or, while some are still to come, of the estimate, if that is more. An older ledger, which is only read, lacks columns: then they are those of "lacking".
SELECT c.entity, c.budget, c.rows,
       CASE WHEN w.words IS NULL THEN 0
            WHEN right(w.words, 1) <> '%' THEN w.words::bigint
            ELSE floor(rtrim(w.words, '%')::numeric / 100
                       * (SELECT greatest(coalesce(sum(k.read), 0), CASE WHEN bool_or(k.state = 'pending') THEN c.estimated_rows ELSE 0 END)
                            FROM rehome.chunk k WHERE k.migration = $1::bigint AND k.entity = c.entity))::bigint END,
       w.words
  FROM (SELECT NULL::jsonb AS budgets, NULL::timestamptz AS waived_at) AS lacking
 CROSS JOIN LATERAL (
       SELECT r.entity, e.position, e.estimated_rows, budgets AS written, b.budget, count(*) AS rows
         FROM rehome.reject r
         LEFT JOIN rehome.entity e ON e.migration = r.migration AND e.name = r.entity
        CROSS JOIN LATERAL (SELECT CASE WHEN budgets -> 'reasons' ? r.reason THEN r.reason
                                        WHEN budgets -> 'reasons' ? split_part(r.reason, ':', 1) THEN split_part(r.reason, ':', 1) END)
              AS b (budget)
        WHERE r.migration = $1::bigint AND ($2::text IS NULL OR r.entity = $2)
          AND waived_at IS NULL AND (r.budgeted OR b.budget IS NOT NULL)
        GROUP BY r.entity, e.position, e.estimated_rows, budgets, b.budget) AS c
 CROSS JOIN LATERAL (SELECT CASE WHEN c.budget IS NULL THEN c.written ->> 'max_rejects' ELSE c.written -> 'reasons' ->> c.budget END)
       AS w (words)
 ORDER BY c.position, c.entity COLLATE "C", c.budget COLLATE "C" NULLS LAST
