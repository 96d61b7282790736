SELECT table_name
FROM scorecards
WHERE to_regclass(quote_ident(table_name)) IS NULL
