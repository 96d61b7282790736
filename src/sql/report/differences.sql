-- Rows that differ, of migration $1: entity, kind, key, driving key, the columns with both values, whether it is suspect, when it was found.
SELECT d.entity, d.kind, d.key, d.driving_key, d.columns, CASE WHEN d.suspect THEN 'suspect' END, d.found_at
  FROM rehome.difference d LEFT JOIN rehome.entity e ON e.migration = d.migration AND e.name = d.entity
 WHERE d.migration = $1::bigint ORDER BY e.position, d.entity COLLATE "C", d.id
