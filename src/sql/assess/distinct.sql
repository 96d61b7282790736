-- What the statistics of table $1 ("schema"."name") say of the number of values: column, n_distinct. That of a partitioned table is of all of it.
SELECT DISTINCT ON (s.attname) s.attname, s.n_distinct
  FROM pg_catalog.pg_stats s
  JOIN pg_catalog.pg_class c ON c.relname = s.tablename
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = s.schemaname
 WHERE c.oid = pg_catalog.to_regclass($1)
 ORDER BY s.attname, s.inherited DESC
