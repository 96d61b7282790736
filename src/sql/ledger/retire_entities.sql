-- Entities of migration $1 that the plan (its entities: $2) no longer has go, unless rows of theirs were moved.
DELETE FROM rehome.entity e
 WHERE e.migration = $1::bigint AND e.name <> ALL ($2::text[])
   AND NOT EXISTS (SELECT FROM rehome.chunk c WHERE c.migration = e.migration AND c.entity = e.name AND c.state = 'done')
   AND NOT EXISTS (SELECT FROM rehome.step s WHERE s.migration = e.migration AND s.entity = e.name AND s.state = 'done' AND s.kind = 'copy')
