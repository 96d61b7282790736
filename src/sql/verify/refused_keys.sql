-- Driving rows of entity $2 of migration $1 that give nothing: for each column of the key, $3, its values as an array, and how many they are; no row: none.
-- Those for which the transform failed; all that were refused when $4. Rows as `load` has made them, with all its columns $5, are none of the transform's.
SELECT pg_catalog.array_agg(k.value ORDER BY k.id)::text, count(*)
  FROM (SELECT c.number, r.id, r.source_key ->> c.name AS value
          FROM rehome.reject r, unnest($3::text[]) WITH ORDINALITY AS c (name, number)
         WHERE r.migration = $1::bigint AND r.entity = $2 AND r.sqlstate IS NOT NULL AND r.source_key ?& $3::text[]
           AND ($4::boolean OR r.source_row IS NULL)
           AND ($5::text[] IS NULL OR r.driving_row IS NOT NULL OR r.source_row IS NULL OR NOT r.source_row ?& $5::text[])) AS k
 GROUP BY k.number ORDER BY k.number
