-- Locks one step of migration $1 (among the names $2, not among $3) that is ready and that nobody else holds: name, kind, entity, action.
-- What a step needs is looked up by name, one after the other: as a join it reads all steps for each of them.
SELECT s.name, s.kind, s.entity, s.action
  FROM rehome.step s
 WHERE s.migration = $1::bigint AND s.state = 'pending' AND s.kind NOT IN ('expand', 'seed', 'verify', 'check after') AND ($2::text[] IS NULL OR s.name = ANY ($2::text[]))
   AND s.name <> ALL ($3::text[])
   AND NOT EXISTS (SELECT FROM pg_catalog.unnest(s.needs) AS need
                    WHERE (SELECT d.state FROM rehome.step d WHERE d.migration = s.migration AND d.name = need) <> 'done')
   AND (s.kind <> 'copy' OR NOT EXISTS (SELECT FROM rehome.chunk c
                    WHERE c.migration = s.migration AND c.entity = s.entity AND c.state <> 'done'))
 ORDER BY s.weight DESC, s.position
 LIMIT 1
   FOR UPDATE OF s SKIP LOCKED
