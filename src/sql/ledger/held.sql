-- What migration $1 brings back and has not brought back yet, and what others have taken away: one JSON object per index, constraint, foreign key or
-- trigger.
SELECT s.held
  FROM rehome.step s
 WHERE s.held IS NOT NULL AND s.state <> 'done'
   AND (s.migration = $1::bigint OR EXISTS (
        SELECT FROM rehome.step p
         WHERE p.migration = s.migration AND p.kind = 'prepare' AND p.state = 'done' AND p.relation = s.relation))
 ORDER BY s.migration, s.position
