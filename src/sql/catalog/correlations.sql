-- How far the order of each column follows the order of the heap, where the role may see it. No parameters.
SELECT schemaname, tablename, attname, correlation
  FROM pg_catalog.pg_stats
 WHERE NOT inherited AND correlation IS NOT NULL
   AND schemaname !~ '^pg_' AND schemaname NOT IN ('information_schema', 'rehome');
