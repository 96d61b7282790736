-- Every foreign key of the users' tables, by table and name. No parameters.
SELECT k.conname,
       pg_catalog.pg_get_constraintdef(k.oid),
       k.conrelid,
       k.confrelid,
       pg_catalog.array_to_string(k.conkey, ' '),
       pg_catalog.array_to_string(k.confkey, ' '),
       k.condeferrable,
       k.condeferred,
       k.convalidated,
       k.conparentid <> 0,
       pg_catalog.obj_description(k.oid, 'pg_constraint')
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE k.contype = 'f'
   AND n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'rehome')
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", k.conname COLLATE "C", k.oid;
