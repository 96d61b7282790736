-- A step of migration $1 that brings something back to one of the tables $3 and that the plan (its steps: $2) no longer has: name, table.
SELECT s.name, s.relation
  FROM rehome.step s
 WHERE s.migration = $1::bigint AND s.state <> 'done' AND s.held IS NOT NULL AND s.name <> ALL ($2::text[])
   AND s.relation = ANY ($3::text[])
   AND EXISTS (SELECT FROM rehome.step p
                WHERE p.migration = s.migration AND p.kind = 'prepare' AND p.state = 'done' AND p.relation = s.relation)
 ORDER BY s.position LIMIT 1
