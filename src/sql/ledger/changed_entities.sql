-- Chunks done and rows written by entity $2 of migration $1 under another fingerprint than $3; no row when it is the same or new.
SELECT count(c.id) FILTER (WHERE c.state = 'done'), count(c.id), e.fingerprint
  FROM rehome.entity e LEFT JOIN rehome.chunk c ON c.migration = e.migration AND c.entity = e.name
 WHERE e.migration = $1::bigint AND e.name = $2 AND e.fingerprint <> $3
 GROUP BY e.fingerprint
