-- Every type but those of temporary and TOAST tables, by oid. No parameters.
-- What an array, a domain or a row can do depends on its parts: a row with a json column cannot be compared.
WITH RECURSIVE comparable AS (
    SELECT o.opcintype AS oid
      FROM pg_catalog.pg_opclass o
      JOIN pg_catalog.pg_am m ON m.oid = o.opcmethod
     WHERE o.opcdefault AND m.amname IN ('btree', 'hash')
), part AS (
    SELECT t.typelem AS oid, t.oid AS whole
      FROM pg_catalog.pg_type t
     WHERE t.typelem <> 0 AND t.typlen = -1
     UNION ALL
    SELECT t.typbasetype, t.oid
      FROM pg_catalog.pg_type t
     WHERE t.typtype = 'd'
     UNION ALL
    SELECT DISTINCT a.atttypid, t.oid
      FROM pg_catalog.pg_type t
      JOIN pg_catalog.pg_attribute a ON a.attrelid = t.typrelid
     WHERE t.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped
), lacking (oid, ability) AS (
    SELECT t.oid, 'send'
      FROM pg_catalog.pg_type t
     WHERE t.typsend = 0
     UNION
    SELECT t.oid, 'receive'
      FROM pg_catalog.pg_type t
     WHERE t.typreceive = 0
     UNION
    SELECT t.oid, 'equality'
      FROM pg_catalog.pg_type t
     WHERE t.typtype IN ('b', 'p')
       AND NOT (t.typelem <> 0 AND t.typlen = -1)
       AND t.oid NOT IN (SELECT oid FROM comparable)
       AND t.oid NOT IN (SELECT castsource
                           FROM pg_catalog.pg_cast
                          WHERE castmethod = 'b'
                            AND castcontext = 'i'
                            AND casttarget IN (SELECT oid FROM comparable))
     UNION
    SELECT part.whole, lacking.ability
      FROM lacking
      JOIN part ON part.oid = lacking.oid
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
       (t.oid, 'receive') NOT IN (SELECT oid, ability FROM lacking),
       (t.oid, 'equality') NOT IN (SELECT oid, ability FROM lacking)
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN (SELECT p.oid, pn.nspname, p.proname
               FROM pg_catalog.pg_proc p
               JOIN pg_catalog.pg_namespace pn ON pn.oid = p.pronamespace) s
         ON s.oid = t.typsend AND (t.oid, 'send') NOT IN (SELECT oid, ability FROM lacking)
 WHERE n.nspname !~ '^pg_(toast|temp)'
 ORDER BY t.oid;
