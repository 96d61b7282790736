-- What a rollback of migration $1 would undo: what it would do, relation, rows inserted and rows changed or removed where they were counted, entries, state.
SELECT CASE u.kind WHEN 'empty' THEN 'empty the table' WHEN 'rows' THEN 'undo rows' WHEN 'replaced' THEN 'put rows back'
                   WHEN 'mark' THEN 'undo rows, from a backup' WHEN 'sequence' THEN 'set the sequence back' WHEN 'view' THEN 'set the view back'
                   WHEN 'object' THEN 'drop the object' WHEN 'note' THEN 'nothing: it cannot be undone' ELSE u.kind END,
       regexp_replace(regexp_replace(u.relation, '"([a-z_][a-z0-9_$]*)"', '\1', 'g'), '^public\.', ''),
       CASE WHEN u.kind = 'rows' THEN sum(u.inserted) END, CASE WHEN u.kind IN ('rows', 'replaced') THEN sum(u.updated) END, count(*), u.state
  FROM rehome.undo u WHERE u.migration = $1::bigint
 GROUP BY u.kind, u.relation, u.state
 ORDER BY pg_catalog.array_position(ARRAY['empty', 'rows', 'replaced', 'mark', 'sequence', 'view', 'object', 'note'], u.kind), min(u.id)
