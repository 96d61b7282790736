-- How many rows differ: entity, missing | extra | different | suspect, how many.
SELECT entity, CASE WHEN suspect THEN 'suspect' ELSE what END, count(*) FROM pg_temp.rehome_odd GROUP BY 1, 2
