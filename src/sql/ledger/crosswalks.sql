-- The tables that keep old keys beside new ones, with their columns behind migration, entity and source: table, column, its type quoted and qualified. No parameters.
SELECT c.relname,
       a.attname,
       pg_catalog.format('%s.%s', '"' || pg_catalog.replace(n.nspname, '"', '""') || '"',
                         '"' || pg_catalog.replace(t.typname, '"', '""') || '"')
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 3 AND NOT a.attisdropped
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
 WHERE s.nspname = 'rehome' AND c.relkind IN ('r', 'p') AND c.relname ~ '^crosswalk_'
 ORDER BY c.relname COLLATE "C", a.attnum;
