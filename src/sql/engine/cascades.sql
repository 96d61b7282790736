-- Foreign keys to table $1 (an oid) that do more than refuse when its rows go: name, table that refers.
SELECT c.conname, pg_catalog.format('%I.%I', n.nspname, r.relname)
  FROM pg_catalog.pg_constraint c
  JOIN pg_catalog.pg_class r ON r.oid = c.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
 WHERE c.contype = 'f' AND c.confrelid = $1::oid AND c.confdeltype IN ('c', 'n', 'd') AND c.conparentid = 0
 ORDER BY c.oid
