-- How many rows differ: entity, missing | extra | different, how many.
SELECT entity, what, count(*) FROM pg_temp.rehome_odd GROUP BY entity, what
