-- The relations whose rows are wanted: those named, their partitions and children, and what views read.
-- $1 schemas (NULL: any), $2 names, both text[]. Gives schema and name.
WITH RECURSIVE needed(oid) AS (
    SELECT c.oid
      FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS named(schema, name)
      JOIN pg_catalog.pg_class c ON c.relname = named.name
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND n.nspname = coalesce(named.schema, n.nspname)
    UNION
    SELECT more.oid
      FROM needed
     CROSS JOIN LATERAL (
        SELECT inhrelid FROM pg_catalog.pg_inherits WHERE inhparent = needed.oid
        UNION ALL
        SELECT d.refobjid
          FROM pg_catalog.pg_rewrite r
          JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
         WHERE r.ev_class = needed.oid
           AND r.ev_type = '1'
           AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
           AND d.refobjid <> needed.oid) AS more(oid)
)
SELECT n.nspname, c.relname
  FROM needed
  JOIN pg_catalog.pg_class c ON c.oid = needed.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
