-- Locks one chunk of migration $1 (of copy steps among the names $2) whose entity is ready and that nobody else holds: id, entity, method, low,
-- high, estimated rows, the entity's fingerprint, and whether fewer than $3 chunks of the entity are pending. Chunks $4 rest. Each ready entity offers one chunk, so
-- the cost does not grow with their number.
SELECT c.id, c.entity, c.method, c.low, c.high, c.estimated_rows, s.fingerprint,
       (SELECT count(*) FROM (SELECT FROM rehome.chunk p
                               WHERE p.migration = $1::bigint AND p.entity = c.entity AND p.state = 'pending'
                               LIMIT $3::int) few) < $3::int
  FROM (SELECT s.entity, e.fingerprint
          FROM rehome.step s JOIN rehome.entity e ON e.migration = s.migration AND e.name = s.entity
         WHERE s.migration = $1::bigint AND s.kind = 'copy' AND s.state = 'pending' AND ($2::text[] IS NULL OR s.name = ANY ($2::text[]))
           AND NOT EXISTS (SELECT FROM rehome.step d
                            WHERE d.migration = s.migration AND d.name = ANY (s.needs) AND d.state <> 'done')
         ORDER BY s.weight DESC, s.position) s
 CROSS JOIN LATERAL (SELECT c.* FROM rehome.chunk c
                      WHERE c.migration = $1::bigint AND c.entity = s.entity AND c.state = 'pending'
                        AND c.id <> ALL ($4::bigint[])
                      ORDER BY c.id
                      LIMIT 1
                        FOR UPDATE SKIP LOCKED) c
 LIMIT 1
