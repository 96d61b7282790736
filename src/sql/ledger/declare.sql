-- Keeps what belongs to the tables $2 for migration $1: of tables that it knows already only when $3, because a script has run.
INSERT INTO rehome.declared (migration, relation, kind, name, definition, comment)
SELECT $1::bigint, p.relation, p.kind, p.name, p.definition, p.comment
  FROM rehome.parts_of($2::text[]) AS p
 WHERE $3::boolean OR NOT EXISTS (SELECT FROM rehome.declared d WHERE d.migration = $1::bigint AND d.relation = p.relation)
ON CONFLICT (migration, relation, kind, name) DO UPDATE SET definition = excluded.definition, comment = excluded.comment
