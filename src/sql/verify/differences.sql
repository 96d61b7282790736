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
), paired AS MATERIALIZED (
    SELECT coalesce(s.entity, t.entity) AS entity, coalesce(s.key, t.key) AS key,
           CASE WHEN t.entity IS NULL THEN 'missing' WHEN s.entity IS NULL THEN 'extra' ELSE 'different' END AS what
      FROM (SELECT * FROM odd WHERE from_source) AS s
      FULL JOIN (SELECT * FROM odd WHERE NOT from_source) AS t USING (kh, n)
)
SELECT found.entity, found.what, found.rows,
       ARRAY(SELECT key::text FROM paired
              WHERE entity = found.entity AND what = found.what
              ORDER BY length(key::text), key::text COLLATE "C" LIMIT 10)
  FROM (SELECT entity, what, count(*) AS rows FROM paired GROUP BY entity, what) AS found
 ORDER BY found.entity, array_position(ARRAY['missing', 'different', 'extra'], found.what)
