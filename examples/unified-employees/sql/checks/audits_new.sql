-- What arrived and what was set aside, together.
SELECT s.table_name, count(x.score)::text AS audits, coalesce(sum(x.score), 0)::text AS score
FROM scorecards AS s
LEFT JOIN (
    SELECT scorecard_id, coalesce(total_score, 0) AS score FROM audits WHERE legacy_id IS NOT NULL
    UNION ALL
    SELECT (source_row ->> 'scorecard_id')::int, coalesce((source_row ->> 'total_score')::numeric, 0) FROM rehome.reject WHERE entity LIKE 'audits[%'
) AS x ON x.scorecard_id = s.id
WHERE to_regclass(quote_ident(s.table_name)) IS NOT NULL
GROUP BY s.id
ORDER BY s.id
