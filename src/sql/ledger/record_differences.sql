-- What the verification of entity $2 of migration $1 found, in place of what an earlier one did: kinds $3, keys $4, driving keys $5, columns $6, whether they are suspect $7.
WITH earlier AS (
    DELETE FROM rehome.difference WHERE migration = $1::bigint AND entity = $2
)
INSERT INTO rehome.difference (migration, entity, kind, key, driving_key, columns, suspect)
SELECT $1::bigint, $2, d.kind, d.key::jsonb, d.driving_key::jsonb, d.columns::jsonb, d.suspect
  FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[]) WITH ORDINALITY AS d (kind, key, driving_key, columns, suspect, n)
 ORDER BY d.n
