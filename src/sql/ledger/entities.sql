-- Entities of migration $1 with their books: name, fingerprint, state, schema, table, way, method, was_empty, chunks, done, books, estimate, error, prepared.
SELECT e.name, e.fingerprint,
       CASE WHEN s.state = 'failed' THEN 'failed'
            WHEN s.state = 'done' THEN 'copied'
            WHEN coalesce(c.done, 0) > 0 THEN 'copying'
            ELSE 'pending' END,
       e.into_schema, e.into_name, e.way, e.method, e.was_empty,
       coalesce(c.total, 0), coalesce(c.done, 0), coalesce(c.driving, 0), coalesce(c.read, 0), coalesce(c.written, 0),
       coalesce(c.unchanged, 0), coalesce(c.merged, 0), coalesce(c.filtered, 0), coalesce(c.rejected, 0),
       e.estimated_rows, s.error,
       EXISTS (SELECT FROM rehome.step p
                WHERE p.migration = e.migration AND p.kind = 'prepare' AND p.state = 'done'
                  AND p.relation = '"' || replace(e.into_schema, '"', '""') || '"."' || replace(e.into_name, '"', '""') || '"')
  FROM rehome.entity e
  LEFT JOIN rehome.step s ON s.migration = e.migration AND s.entity = e.name AND s.kind = 'copy'
  LEFT JOIN LATERAL (
        SELECT count(*) FILTER (WHERE method <> 'keys') AS total, count(*) FILTER (WHERE method <> 'keys' AND state = 'done') AS done,
               sum(driving)::bigint AS driving, sum(read)::bigint AS read, sum(written)::bigint AS written,
               sum(unchanged)::bigint AS unchanged, sum(merged)::bigint AS merged,
               sum(filtered)::bigint AS filtered, sum(rejected)::bigint AS rejected
          FROM rehome.chunk c WHERE c.migration = e.migration AND c.entity = e.name) c ON true
 WHERE e.migration = $1::bigint
 ORDER BY e.position
