-- Latest comparison of each entity of migration $1: entity, state, rows of the source's side, of the target's, missing, extra, different, suspect, columns left out,
-- complaints, method, when, for when it holds, which verification, by whom, seconds. What some versions of the ledger do not have is NULL.
SELECT v.entity, v.state, v.source_rows, v.target_rows, v.missing, v.extra, v.different, v.suspect, v.columns_left_out, v.complaints, j.row ->> 'method',
       v.verified_at, (j.row ->> 'holds_for')::timestamptz, j.row ->> 'pass', v.verified_by, v.seconds
  FROM rehome.verification v LEFT JOIN rehome.entity e ON e.migration = v.migration AND e.name = v.entity
 CROSS JOIN LATERAL (SELECT to_jsonb(v) AS row) j
 WHERE v.migration = $1::bigint ORDER BY e.position, v.entity COLLATE "C"
