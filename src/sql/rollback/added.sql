-- Columns of the table $1 (oid) that scripts of migration $2 have made and that may be null: name.
SELECT a.attname
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attidentity = '' AND NOT a.attnotnull
   AND EXISTS (SELECT FROM rehome.undo u WHERE u.migration = $2::bigint AND u.kind = 'object'
                  AND u.relation = pg_catalog.format('column %I.%I.%I', n.nspname, c.relname, a.attname))
 ORDER BY a.attnum
