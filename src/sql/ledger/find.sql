-- The id of the migration with name $1 and parameters $2 (JSON), or no row.
SELECT id FROM rehome.migration WHERE name = $1 AND params = $2::jsonb
