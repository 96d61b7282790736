-- What rollback would undo of migration $1, in the order of telling: kind, relation, rows inserted, rows changed, how many entries.
SELECT u.kind, u.relation, sum(u.inserted), sum(u.updated), count(*)
  FROM rehome.undo u
 WHERE u.migration = $1::bigint AND u.kind IN ('empty', 'rows', 'replaced', 'object') AND u.state = 'recorded'
 GROUP BY u.kind, u.relation
 ORDER BY pg_catalog.array_position(ARRAY['empty', 'rows', 'replaced', 'object'], u.kind), min(u.id)
