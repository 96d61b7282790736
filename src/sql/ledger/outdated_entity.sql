-- The first of the entities $2 (names) of migration $1 that has another fingerprint by now than $3 says.
SELECT e.name
  FROM unnest($2::text[], $3::text[]) AS p (name, fingerprint)
  JOIN rehome.entity e ON e.migration = $1::bigint AND e.name = p.name AND e.fingerprint <> p.fingerprint
 ORDER BY e.position
 LIMIT 1
