-- Each view and materialized view of the users' schemas with a relation that it reads, by itself or through other
-- views, one pair a row. No parameters. UNION drops pairs that were seen: views may be replaced to read one another.
WITH RECURSIVE direct AS (
  SELECT r.ev_class AS view, d.refobjid AS relation
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_class c ON c.oid = r.ev_class AND c.relkind IN ('v', 'm')
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_depend d
      ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
     AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> r.ev_class
   WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'rehome')
), reads AS (
  SELECT view, relation FROM direct
  UNION
  SELECT r.view, d.relation FROM reads r JOIN direct d ON d.view = r.relation
)
SELECT view, relation FROM reads WHERE view <> relation ORDER BY 1, 2;
