-- Every type with each type that it is made of: an array, a domain, a row. No parameters.
SELECT t.oid, t.typelem
  FROM pg_catalog.pg_type t
 WHERE t.typelem <> 0 AND t.typlen = -1
 UNION ALL
SELECT t.oid, t.typbasetype
  FROM pg_catalog.pg_type t
 WHERE t.typtype = 'd'
 UNION ALL
SELECT c.reltype, a.atttypid
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
 WHERE c.reltype <> 0 AND a.attnum > 0 AND NOT a.attisdropped
   AND n.nspname !~ '^pg_(toast|temp)';
