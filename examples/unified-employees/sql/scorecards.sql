-- Every scorecard whose table is there. The first column names the item: audits[email_audit].
SELECT table_name, id AS scorecard_id, lower(trim(channel)) AS channel
FROM scorecards
WHERE to_regclass(quote_ident(table_name)) IS NOT NULL
ORDER BY id
