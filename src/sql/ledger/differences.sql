-- Rows of entity $2 of migration $1 that its latest verification found to differ: kind, key, driving key, columns, suspect. A ledger of an older version has no suspects.
SELECT kind, key, driving_key, columns, coalesce((to_jsonb(d) ->> 'suspect')::boolean, false)
  FROM rehome.difference d WHERE migration = $1::bigint AND entity = $2 ORDER BY id
