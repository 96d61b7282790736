-- Every trigger that a user put on a relation, by relation and name. No parameters.
SELECT t.tgrelid, t.tgname, pg_catalog.pg_get_triggerdef(t.oid), t.tgenabled
  FROM pg_catalog.pg_trigger t
  JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT t.tgisinternal
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'rehome')
 ORDER BY t.tgrelid, t.tgname COLLATE "C";
