-- Tables in the backups of migration $1: backup, table, rows, by what rows are told apart.
SELECT t.backup, regexp_replace(regexp_replace(t.relation, '"([a-z_][a-z0-9_$]*)"', '\1', 'g'), '^public\.', ''), t.rows, t.key
  FROM rehome.backup_table t JOIN rehome.backup b ON b.id = t.backup
 WHERE b.migration = $1::bigint ORDER BY t.backup, t.relation COLLATE "C"
