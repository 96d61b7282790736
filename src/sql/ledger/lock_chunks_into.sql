-- Waits for whoever is at a chunk of the entities of migration $1 that fill the table of entity $2, and keeps everybody from them.
SELECT c.id
  FROM rehome.entity e
  JOIN rehome.entity o ON o.migration = e.migration AND o.into_schema = e.into_schema AND o.into_name = e.into_name
  JOIN rehome.chunk c ON c.migration = o.migration AND c.entity = o.name
 WHERE e.migration = $1::bigint AND e.name = $2
 ORDER BY c.id
   FOR UPDATE OF c
