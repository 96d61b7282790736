-- The check value of the key that the migration $1 uses, NULL when it has used none. As JSON, because older ledgers have no such column.
SELECT pg_catalog.to_jsonb(m) ->> 'key_check' FROM rehome.migration m WHERE m.id = $1::bigint
