-- What differs between the two staged sides: entity, missing | extra | different, how many rows, up to ten keys. Alike rows are
-- paired first, so that of several rows with one key the odd one is left over; then what is left is paired by key.
WITH source AS (
    SELECT entity, kh, h, key, row_number() OVER (PARTITION BY kh, h) AS n FROM pg_temp.rehome_source
), target AS (
    SELECT entity, kh, h, key, row_number() OVER (PARTITION BY kh, h) AS n FROM pg_temp.rehome_target
), odd AS MATERIALIZED (
    SELECT coalesce(source.entity, target.entity) AS entity, kh, coalesce(source.key, target.key) AS key,
           source.entity IS NOT NULL AS from_source,
           row_number() OVER (PARTITION BY kh, source.entity IS NOT NULL) AS n
      FROM source FULL JOIN target USING (kh, h, n)
     WHERE source.entity IS NULL OR target.entity IS NULL
), paired AS (
    SELECT coalesce(s.entity, t.entity) AS entity, coalesce(s.key, t.key) AS key,
           CASE WHEN t.entity IS NULL THEN 'missing' WHEN s.entity IS NULL THEN 'extra' ELSE 'different' END AS what
      FROM (SELECT * FROM odd WHERE from_source) AS s
      FULL JOIN (SELECT * FROM odd WHERE NOT from_source) AS t USING (kh, n)
), numbered AS (
    SELECT entity, what, key, row_number() OVER (PARTITION BY entity, what ORDER BY length(key::text), key::text COLLATE "C") AS n FROM paired
)
SELECT entity, what, count(*), array_agg(key::text ORDER BY n) FILTER (WHERE n <= 10)
  FROM numbered
 GROUP BY entity, what
 ORDER BY entity, array_position(ARRAY['missing', 'different', 'extra'], what)
