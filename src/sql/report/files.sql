-- Files that runs of migration $1 have read: file, SHA-256, the first and the last run that has read it so.
SELECT f.file, f.sha256, min(r.id), max(r.id)
  FROM rehome.run r, pg_catalog.jsonb_to_recordset(r.files) AS f (file text, sha256 text)
 WHERE r.migration = $1::bigint
 GROUP BY f.file, f.sha256
 ORDER BY f.file = 'migration.yaml' DESC, f.file COLLATE "C", min(r.id)
