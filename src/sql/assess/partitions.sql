-- The partitions of table $1 (an oid): oid, kind, bounds as ATTACH PARTITION wants them, the key of one that is partitioned itself.
SELECT c.oid, c.relkind, pg_catalog.pg_get_expr(c.relpartbound, c.oid), CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END
  FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
 WHERE i.inhparent = $1::oid
 ORDER BY c.oid
