-- What the latest verification of migration $1 found beside the rows: severity, table, what.
SELECT severity, relation, what FROM rehome.finding WHERE migration = $1::bigint ORDER BY id
