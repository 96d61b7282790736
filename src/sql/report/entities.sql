-- Entities of migration $1: name, tables read, table filled, how it writes, where its SQL is, how it moves, how it is cut, whether the table was empty, what is
-- kept for rollback, fingerprint.
SELECT e.name, e.reads, CASE e.into_schema WHEN 'public' THEN e.into_name ELSE e.into_schema || '.' || e.into_name END,
       e.write, e.texts, e.way, e.method, e.was_empty, e.undo, e.fingerprint
  FROM rehome.entity e WHERE e.migration = $1::bigint ORDER BY e.position, e.name COLLATE "C"
