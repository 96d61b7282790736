-- Every type but those of temporary and TOAST tables, by oid; what it can do says nothing of its parts yet. No parameters.
WITH comparable AS (
    SELECT o.opcintype AS oid
      FROM pg_catalog.pg_opclass o
      JOIN pg_catalog.pg_am m ON m.oid = o.opcmethod
     WHERE o.opcdefault AND m.amname IN ('btree', 'hash')
)
SELECT t.oid,
       n.nspname,
       t.typname,
       pg_catalog.format_type(t.oid, -1),
       t.typtype,
       t.typcategory,
       CASE WHEN t.typlen = -1 THEN t.typelem ELSE 0 END,
       t.typbasetype,
       t.typtypmod,
       t.typnotnull,
       s.nspname,
       s.proname,
       t.typreceive <> 0,
       t.typtype NOT IN ('b', 'p')
       OR t.typelem <> 0 AND t.typlen = -1
       OR t.oid IN (SELECT oid FROM comparable)
       OR t.oid IN (SELECT castsource
                      FROM pg_catalog.pg_cast
                     WHERE castmethod = 'b' AND castcontext = 'i' AND casttarget IN (SELECT oid FROM comparable))
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN (SELECT p.oid, pn.nspname, p.proname
               FROM pg_catalog.pg_proc p
               JOIN pg_catalog.pg_namespace pn ON pn.oid = p.pronamespace) s ON s.oid = t.typsend
 WHERE n.nspname !~ '^pg_(toast|temp)'
 ORDER BY t.oid;
