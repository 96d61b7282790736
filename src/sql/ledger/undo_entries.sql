-- What can be undone of migration $1: id, kind, step, entity, chunk, run, relation, its oid (NULL: gone), images, columns, key, inserted, updated, before, action, state, the
-- oid's kind. Newest first.
SELECT u.id, u.kind, u.step, u.entity, u.chunk, u.run, u.relation, r.oid, u.images, u.columns, u.key, u.inserted, u.updated, u.before, u.action, u.state, r.relkind
  FROM rehome.undo u
  LEFT JOIN pg_catalog.pg_class r ON r.oid = CASE WHEN u.kind IN ('empty', 'rows', 'replaced') THEN pg_catalog.to_regclass(u.relation) WHEN u.kind = 'note' THEN pg_catalog.to_regclass(u.images) END
 WHERE u.migration = $1::bigint
 ORDER BY u.id DESC
