-- Migration $1 in one row, as the head of a report tells it: what it is, where it stands, the sums of its books and of what was proved; then who asks, where and when.
SELECT m.id, m.name, m.phase, m.state, m.created_at, m.created_by, m.finished_at, m.rolling_back IS NOT NULL AS rolling_back,
       r.runs, r.first_run, r.last_run, r.run_seconds, s.steps, s.steps_done, s.steps_failed, e.entities,
       c.chunks, c.chunks_done, c.driving, c.read, c.written, c.unchanged, c.merged, c.filtered, c.rejected,
       v.verified, v.unequal, v.suspect, v.source_rows, v.target_rows, v.missing, v.extra, v.different, v.complaints, v.last_verified,
       k.checks_passed, k.checks_warned, k.checks_failed, n.benches_passed, n.benches_missed, n.benches_failed,
       j.rejects, j.waived, o.conflicts, p.unrepaired, d.findings, d.findings_bad, (SELECT max(version) FROM rehome.version WHERE installed_at < now()) AS ledger_version,
       pg_catalog.current_database() AS database, pg_catalog.current_setting('server_version') AS server_version,
       session_user AS made_by, pg_catalog.now() AS made_at
  FROM rehome.migration m
 CROSS JOIN LATERAL (SELECT count(*) AS runs, min(started_at) AS first_run, max(ended_at) AS last_run,
                            coalesce(sum(extract(epoch FROM ended_at - started_at)), 0) AS run_seconds
                       FROM rehome.run WHERE migration = m.id) r
 CROSS JOIN LATERAL (SELECT count(*) AS steps, count(*) FILTER (WHERE state = 'done') AS steps_done,
                            count(*) FILTER (WHERE state = 'failed') AS steps_failed FROM rehome.step WHERE migration = m.id) s
 CROSS JOIN LATERAL (SELECT count(*) AS entities FROM rehome.entity WHERE migration = m.id) e
 CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE method <> 'keys') AS chunks, count(*) FILTER (WHERE method <> 'keys' AND state = 'done') AS chunks_done,
                            coalesce(sum(driving), 0)::bigint AS driving, coalesce(sum(read), 0)::bigint AS read,
                            coalesce(sum(written), 0)::bigint AS written, coalesce(sum(unchanged), 0)::bigint AS unchanged,
                            coalesce(sum(merged), 0)::bigint AS merged, coalesce(sum(filtered), 0)::bigint AS filtered,
                            coalesce(sum(rejected), 0)::bigint AS rejected FROM rehome.chunk WHERE migration = m.id) c
 CROSS JOIN LATERAL (SELECT count(*) AS verified, count(*) FILTER (WHERE state NOT IN ('passed', 'suspect')) AS unequal, coalesce(sum(suspect), 0)::bigint AS suspect,
                            coalesce(sum(source_rows), 0)::bigint AS source_rows, coalesce(sum(target_rows), 0)::bigint AS target_rows,
                            coalesce(sum(missing), 0)::bigint AS missing, coalesce(sum(extra), 0)::bigint AS extra,
                            coalesce(sum(different), 0)::bigint AS different, coalesce(sum(pg_catalog.cardinality(complaints)), 0)::bigint AS complaints,
                            max(verified_at) AS last_verified FROM rehome.verification WHERE migration = m.id) v
 CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE state = 'passed') AS checks_passed, count(*) FILTER (WHERE state = 'warned') AS checks_warned,
                            count(*) FILTER (WHERE state = 'failed') AS checks_failed FROM rehome.check WHERE migration = m.id) k
 CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE state = 'passed') AS benches_passed, count(*) FILTER (WHERE state = 'missed') AS benches_missed,
                            count(*) FILTER (WHERE state = 'failed') AS benches_failed FROM rehome.bench WHERE migration = m.id) n
 CROSS JOIN LATERAL (SELECT count(*) AS rejects, count(*) FILTER (WHERE waived_at IS NOT NULL) AS waived FROM rehome.reject WHERE migration = m.id) j
 CROSS JOIN LATERAL (SELECT count(*) AS conflicts FROM rehome.conflict WHERE migration = m.id) o
 CROSS JOIN LATERAL (SELECT count(*) AS unrepaired FROM rehome.repair WHERE migration = m.id) p
 CROSS JOIN LATERAL (SELECT count(*) AS findings, count(*) FILTER (WHERE severity = 'error') AS findings_bad FROM rehome.finding WHERE migration = m.id) d
 WHERE m.id = $1::bigint
