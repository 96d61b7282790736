-- Steps of migration $1 that are to bring something back to one of the tables $2 (oids; NULL: any), and have not: name, action, whether it is done before rows come back.
SELECT s.name, s.action, s.kind IN ('index', 'constraint')
  FROM rehome.step s
 WHERE s.migration = $1::bigint AND s.held IS NOT NULL AND s.state <> 'done' AND s.action IS NOT NULL
   AND ($2::oid[] IS NULL OR pg_catalog.to_regclass(s.relation)::oid = ANY ($2::oid[]))
   AND EXISTS (SELECT FROM rehome.step p WHERE p.migration = s.migration AND p.kind = 'prepare' AND p.state = 'done' AND p.relation = s.relation)
 ORDER BY s.position
