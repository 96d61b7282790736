-- Waits for whoever is at a step of the entities of migration $1 that fill the table of entity $2, and keeps everybody from them.
SELECT s.name
  FROM rehome.entity e
  JOIN rehome.entity o ON o.migration = e.migration AND o.into_schema = e.into_schema AND o.into_name = e.into_name
  JOIN rehome.step s ON s.migration = o.migration AND s.entity = o.name
 WHERE e.migration = $1::bigint AND e.name = $2
 ORDER BY s.name COLLATE "C"
   FOR UPDATE OF s
