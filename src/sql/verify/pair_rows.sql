-- What differs between the two staged sides: rows that only the source has (missing), only the target has (extra), and pairs with one key (different).
-- Most keys have the same rows on both sides, and go at once. Of the others alike rows are paired first, so that of several rows with one key the odd
-- one is left over; then what is left is paired by key.
CREATE TEMPORARY TABLE rehome_odd AS
WITH uneven AS MATERIALIZED (
    SELECT DISTINCT kh
      FROM (SELECT kh, h, 1 AS n FROM pg_temp.rehome_source UNION ALL SELECT kh, h, -1 FROM pg_temp.rehome_target) AS rows
     GROUP BY kh, h HAVING sum(n) <> 0
), source AS (
    SELECT entity, kh, h, key, driving, row_number() OVER (PARTITION BY kh, h) AS n
      FROM pg_temp.rehome_source WHERE kh IN (SELECT kh FROM uneven)
), target AS (
    SELECT entity, kh, h, key, row_number() OVER (PARTITION BY kh, h) AS n
      FROM pg_temp.rehome_target WHERE kh IN (SELECT kh FROM uneven)
), odd AS MATERIALIZED (
    SELECT coalesce(source.entity, target.entity) AS entity, kh, h, coalesce(source.key, target.key) AS key, source.driving,
           source.entity IS NOT NULL AS from_source,
           row_number() OVER (PARTITION BY kh, source.entity IS NOT NULL) AS n
      FROM source FULL JOIN target USING (kh, h, n)
     WHERE source.entity IS NULL OR target.entity IS NULL
)
SELECT coalesce(s.entity, t.entity) AS entity, kh, s.h AS source_hash, t.h AS target_hash, coalesce(s.key, t.key) AS key, s.driving,
       CASE WHEN t.entity IS NULL THEN 'missing' WHEN s.entity IS NULL THEN 'extra' ELSE 'different' END AS what,
       false AS suspect
  FROM (SELECT * FROM odd WHERE from_source) AS s
  FULL JOIN (SELECT * FROM odd WHERE NOT from_source) AS t USING (kh, n)
