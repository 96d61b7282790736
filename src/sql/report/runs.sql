-- Processes that worked on migration $1: id, state, start, end, seconds, role, program, host, pid, source, its version, dump, target, its version.
SELECT r.id, r.state, r.started_at, r.ended_at, extract(epoch FROM r.ended_at - r.started_at), r.role, r.program, r.host, r.pid,
       r.source, r.source_version, r.dump, r.target, r.target_version
  FROM rehome.run r WHERE r.migration = $1::bigint ORDER BY r.id
