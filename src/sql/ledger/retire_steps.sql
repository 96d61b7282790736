-- Steps of migration $1 that the plan (its steps: $2) no longer has go, unless they bring back what was taken away or belong to rows that were moved.
DELETE FROM rehome.step s
 WHERE s.migration = $1::bigint AND s.state <> 'done' AND s.kind NOT IN ('expand', 'seed') AND s.name <> ALL ($2::text[])
   AND NOT (s.held IS NOT NULL AND EXISTS (SELECT FROM rehome.step p
                WHERE p.migration = s.migration AND p.kind = 'prepare' AND p.state = 'done' AND p.relation = s.relation))
   AND NOT EXISTS (SELECT FROM rehome.chunk c WHERE c.migration = s.migration AND c.entity = s.entity AND c.state = 'done')
