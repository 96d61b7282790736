-- How many rows each entity has staged: entity, rows of the source, rows of the target.
SELECT entity, count(*) FILTER (WHERE side = 's'), count(*) FILTER (WHERE side = 't')
  FROM (SELECT entity, 's' AS side FROM pg_temp.rehome_source
         UNION ALL
        SELECT entity, 't' FROM pg_temp.rehome_target) AS staged
 GROUP BY entity
