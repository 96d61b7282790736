-- Every function and procedure of the users' schemas that is not an extension's or a range type's, by name. No parameters.
SELECT n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'rehome')
   AND p.oid NOT IN (SELECT objid
                       FROM pg_catalog.pg_depend
                      WHERE classid = 'pg_catalog.pg_proc'::regclass AND deptype IN ('e', 'i'))
 ORDER BY n.nspname COLLATE "C", p.proname COLLATE "C", p.oid;
