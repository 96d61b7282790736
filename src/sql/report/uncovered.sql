-- What migration $1 leaves behind and what it leaves empty: side, name, kind, reason.
SELECT u.side, u.name, u.kind, u.reason
  FROM rehome.uncovered u WHERE u.migration = $1::bigint ORDER BY u.side DESC, u.name COLLATE "C"
