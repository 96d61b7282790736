-- Rows that differ while somebody writes, to be looked at again: how often they were seen as they are and since when, and what the source has been seen to hold.
CREATE TEMPORARY TABLE rehome_watched AS
SELECT entity, kh, source_hash, target_hash, key, driving, what, true AS suspect,
       row_number() OVER (PARTITION BY kh ORDER BY source_hash, target_hash) AS turn,
       1 AS looks, clock_timestamp() AS since, ARRAY[source_hash] AS given
  FROM pg_temp.rehome_odd
