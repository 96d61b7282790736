-- Backups of migration $1: id, state, host, file, bytes, SHA-256, how it was proved, program, moment, snapshot, seconds, tables, rows.
SELECT b.id, b.state, b.host, b.path, b.bytes, b.sha256, b.verified, b.program, b.taken_at, b.snapshot, b.seconds, t.tables, t.rows
  FROM rehome.backup b
 CROSS JOIN LATERAL (SELECT count(*) AS tables, coalesce(sum(t.rows), 0) AS rows FROM rehome.backup_table t WHERE t.backup = b.id) t
 WHERE b.migration = $1::bigint ORDER BY b.id
