-- Tables of the backups of migration $1 that are whole, the oldest first: backup, host, path, bytes, sha256, taken at, verified, relation, its oid (NULL: gone), root,
-- schema, name, columns, key, rows, sequences, the root's oid (NULL: gone).
SELECT b.id, b.host, b.path, b.bytes, b.sha256, pg_catalog.to_char(b.taken_at, 'YYYY-MM-DD HH24:MI:SS'), b.verified, t.relation, c.oid, t.root, t.schema_name, t.table_name,
       t.columns, t.key, t.rows, t.sequences, pg_catalog.to_regclass(t.root)::oid
  FROM rehome.backup b
  JOIN rehome.backup_table t ON t.backup = b.id
  LEFT JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(t.relation)
 WHERE b.migration = $1::bigint AND b.state IN ('taken', 'kept')
 ORDER BY b.id, t.relation COLLATE "C"
