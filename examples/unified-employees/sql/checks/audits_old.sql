-- Rows and scores of every scorecard's table, however many there are: query_to_xml() runs a query that was put together.
SELECT s.table_name, (xpath('//audits/text()', rows))[1]::text AS audits, (xpath('//score/text()', rows))[1]::text AS score
FROM scorecards AS s,
     LATERAL query_to_xml(format('SELECT count(*) AS audits, coalesce(sum(total_score), 0) AS score FROM %I', s.table_name), false, true, '') AS rows
WHERE to_regclass(quote_ident(s.table_name)) IS NOT NULL
ORDER BY s.id
