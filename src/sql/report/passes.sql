-- Verifications of migration $1, the oldest first: id, method, state, start, end, by whom, entities, snapshots of source and target, per cent and seed of a sample, parts,
-- parts that an earlier process had read, findings.
SELECT p.id, p.method, p.state, p.started_at, p.finished_at, p.created_by, p.entities, p.source_snapshot, p.target_snapshot, p.percent, p.seed, p.parts,
       p.parts_kept, p.findings
  FROM rehome.verification_pass p WHERE p.migration = $1::bigint ORDER BY p.id
