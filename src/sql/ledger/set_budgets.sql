-- Entity $2 of migration $1 may have so many rejects: $3 (JSON).
UPDATE rehome.entity SET budgets = $3::jsonb WHERE migration = $1::bigint AND name = $2 AND budgets IS DISTINCT FROM $3::jsonb
