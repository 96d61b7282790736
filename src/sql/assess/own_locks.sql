-- Tables that were there before this transaction and that it holds others off from: name, lock. The system columns of a table are as old as it is.
SELECT c.oid::pg_catalog.regclass, l.mode
  FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p')
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = -1
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE l.pid = pg_catalog.pg_backend_pid() AND l.locktype = 'relation' AND l.granted AND l.mode NOT IN ('AccessShareLock', 'RowShareLock')
   AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'rehome') AND n.nspname !~ '^pg_(toast|temp)' AND pg_catalog.age(a.xmin) > 0
 ORDER BY 1::text COLLATE "C"
