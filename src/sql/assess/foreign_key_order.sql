-- Names of the foreign keys of table $1 (an oid) in the order in which a new row meets them: that of their triggers' names.
SELECT k.conname
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_trigger t ON t.tgconstraint = k.oid AND t.tgrelid = k.conrelid
 WHERE k.conrelid = $1::oid AND k.contype = 'f'
 GROUP BY k.oid, k.conname
 ORDER BY min(t.tgname::text COLLATE "C")
