-- Tables that migration $1 need not back up any more: 'covered', 'made' or 'written', and the quoted name.
SELECT 'covered', n.name FROM rehome.backup b JOIN rehome.backup_table t ON t.backup = b.id
 CROSS JOIN LATERAL (VALUES (t.root), (t.relation)) n (name)
 WHERE b.migration = $1::bigint AND b.state = 'taken'
UNION
SELECT 'made', substr(u.relation, 7) FROM rehome.undo u WHERE u.migration = $1::bigint AND u.kind = 'object' AND u.relation LIKE 'table %'
UNION
SELECT 'written', u.relation FROM rehome.undo u
 WHERE u.migration = $1::bigint AND u.kind IN ('empty', 'rows', 'replaced', 'mark') AND u.state <> 'left'
UNION
SELECT 'written', pg_catalog.format('%I.%I', e.into_schema, e.into_name) FROM rehome.entity e
 WHERE e.migration = $1::bigint
   AND (EXISTS (SELECT FROM rehome.chunk c WHERE c.migration = e.migration AND c.entity = e.name AND c.state = 'done')
        OR EXISTS (SELECT FROM rehome.step s WHERE s.migration = e.migration AND s.entity = e.name AND s.kind = 'ready' AND s.state = 'done'))
