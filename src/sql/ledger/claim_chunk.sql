-- Locks one chunk of migration $1 (of copy steps among the names $2) whose entity is ready and that nobody else holds: id, entity, method, low,
-- high, estimated rows, and how many chunks of the entity are pending.
SELECT c.id, c.entity, c.method, c.low, c.high, c.estimated_rows,
       (SELECT count(*) FROM rehome.chunk p WHERE p.migration = c.migration AND p.entity = c.entity AND p.state = 'pending')
  FROM rehome.step s
  JOIN rehome.chunk c ON c.migration = s.migration AND c.entity = s.entity AND c.state = 'pending'
 WHERE s.migration = $1::bigint AND s.kind = 'copy' AND s.state = 'pending' AND s.name = ANY ($2::text[])
   AND NOT EXISTS (SELECT FROM rehome.step d
                    WHERE d.migration = s.migration AND d.name = ANY (s.needs) AND d.state <> 'done')
 ORDER BY s.weight DESC, s.position, c.id
 LIMIT 1
   FOR UPDATE OF c SKIP LOCKED
