-- How many rejects of migration $1 have no budget.
SELECT count(*) FROM rehome.reject WHERE migration = $1::bigint AND budgeted
