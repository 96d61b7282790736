-- Entities of migration $1 whose rows rollback cannot undo: name, table, rows written, why, the table's oid.
SELECT e.name, pg_catalog.format('%I.%I', e.into_schema, e.into_name), sum(c.written),
       CASE WHEN e.undo = 'off' THEN 'nothing was recorded' ELSE 'an older rehome moved them, which recorded nothing' END,
       pg_catalog.to_regclass(pg_catalog.format('%I.%I', e.into_schema, e.into_name))::oid
  FROM rehome.entity e
  JOIN rehome.chunk c ON c.migration = e.migration AND c.entity = e.name
 WHERE e.migration = $1::bigint AND c.state = 'done' AND c.written > 0
   AND NOT EXISTS (SELECT FROM rehome.undo u WHERE u.migration = e.migration AND u.chunk = c.id AND u.kind <> 'mark')
 GROUP BY e.migration, e.name, e.into_schema, e.into_name, e.undo, e.position
 ORDER BY e.position
