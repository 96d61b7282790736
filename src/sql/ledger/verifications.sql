-- Latest verification of each entity of migration $1. A ledger of an older version has no complaints, no suspects and no method.
SELECT v.entity, v.state, v.source_rows, v.target_rows, v.missing, v.extra, v.different, v.columns_left_out,
       ARRAY(SELECT x::text FROM jsonb_array_elements(v.examples) x), v.seconds,
       ARRAY(SELECT x FROM jsonb_array_elements_text(coalesce(to_jsonb(v) -> 'complaints', '[]')) x),
       coalesce((to_jsonb(v) ->> 'suspect')::bigint, 0), to_jsonb(v) ->> 'method'
  FROM rehome.verification v LEFT JOIN rehome.entity e ON e.migration = v.migration AND e.name = v.entity
 WHERE v.migration = $1::bigint ORDER BY e.position, v.entity COLLATE "C"
