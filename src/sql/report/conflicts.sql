-- On what the sources of merges of migration $1 disagree: entity, column, rule, the source that won, keys.
SELECT c.entity, c.column_name, c.rule, c.winner_source, count(*)
  FROM rehome.conflict c LEFT JOIN rehome.entity e ON e.migration = c.migration AND e.name = c.entity
 WHERE c.migration = $1::bigint
 GROUP BY e.position, c.entity, c.column_name, c.rule, c.winner_source
 ORDER BY e.position, c.entity COLLATE "C", count(*) DESC, c.column_name COLLATE "C", c.winner_source COLLATE "C"
