-- What the latest verification of migration $1 found beside the rows: table or view, severity, what, when.
SELECT regexp_replace(regexp_replace(f.relation, '"([a-z_][a-z0-9_$]*)"', '\1', 'g'), '^public\.', ''), f.severity, f.what, f.found_at
  FROM rehome.finding f WHERE f.migration = $1::bigint ORDER BY f.severity COLLATE "C", f.id
