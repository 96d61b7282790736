-- Every sequence of the users' schemas with the column that owns it (serial, identity), by name. No parameters.
SELECT n.nspname,
       c.relname,
       d.refobjid,
       a.attname,
       c.oid IN (SELECT objid
                   FROM pg_catalog.pg_depend
                  WHERE classid = 'pg_catalog.pg_class'::regclass AND deptype = 'e')
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_depend d
         ON d.objid = c.oid
        AND d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = 'pg_catalog.pg_class'::regclass
        AND d.objsubid = 0 AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
 WHERE c.relkind = 'S'
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'rehome')
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C";
