-- Every CHECK constraint of the users' tables, by table and name. No parameters.
SELECT k.conrelid, k.conname, pg_catalog.pg_get_constraintdef(k.oid)
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
 WHERE k.contype = 'c' AND k.conrelid <> 0
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'rehome')
 ORDER BY k.conrelid, k.conname COLLATE "C";
