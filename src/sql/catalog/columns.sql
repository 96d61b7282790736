-- Every live column of the users' relations, by relation and position. No parameters.
-- A collation counts as C when it compares code points: C and POSIX, libc's C.UTF-8, and all of the builtin provider.
-- NOT NULL constraints that are NOT VALID (PostgreSQL 18) promise nothing.
WITH code_point_collation AS (
    SELECT l.oid
      FROM pg_catalog.pg_collation l,
           pg_catalog.pg_database d
     WHERE d.datname = pg_catalog.current_database()
       AND CASE l.collprovider
           WHEN 'b' THEN true
           WHEN 'c' THEN l.collcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8')
           WHEN 'd' THEN CASE coalesce(pg_catalog.to_jsonb(d) ->> 'datlocprovider', 'c')
                         WHEN 'b' THEN true
                         WHEN 'c' THEN d.datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8')
                         ELSE false END
           ELSE false END
), doubtful AS (
    SELECT conrelid, conkey[1] AS number
      FROM pg_catalog.pg_constraint
     WHERE contype = 'n' AND NOT convalidated AND conrelid <> 0
)
SELECT a.attrelid,
       a.attname,
       a.attnum,
       a.atttypid,
       a.atttypmod,
       pg_catalog.format_type(a.atttypid, a.atttypmod),
       a.attnotnull AND (a.attrelid, a.attnum) NOT IN (SELECT conrelid, number FROM doubtful),
       a.attgenerated = '' AND (a.atthasdef OR t.typdefault IS NOT NULL),
       coalesce(pg_catalog.pg_get_expr(f.adbin, f.adrelid), t.typdefault),
       a.attidentity,
       a.attgenerated,
       ln.nspname,
       l.collname,
       l.oid IN (SELECT oid FROM code_point_collation)
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
  LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
  LEFT JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'rehome')
   AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attrelid, a.attnum;
