-- Latest comparison of each entity of migration $1: entity, state, rows of the source's side, of the target's, missing, extra, different, suspect, columns left out,
-- complaints, when, by whom, seconds.
SELECT v.entity, v.state, v.source_rows, v.target_rows, v.missing, v.extra, v.different, v.suspect, v.columns_left_out, v.complaints, v.verified_at, v.verified_by, v.seconds
  FROM rehome.verification v LEFT JOIN rehome.entity e ON e.migration = v.migration AND e.name = v.entity
 WHERE v.migration = $1::bigint ORDER BY e.position, v.entity COLLATE "C"
