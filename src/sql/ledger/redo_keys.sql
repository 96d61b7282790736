-- Keys of entity $2 of migration $1 that rejects with the ids $3 have: key, values of its columns $4, how many rejects have it, most attempts.
-- IS TRUE has the server look keys up in a hash table: without statistics, which a table that has just been filled has none of, it would compare each
-- with each.
SELECT r.source_key::text,
       ARRAY(SELECT r.source_key ->> n.name FROM unnest($4::text[]) WITH ORDINALITY AS n (name, place) ORDER BY n.place),
       count(*), max(r.attempt)
  FROM rehome.reject r
 WHERE r.migration = $1::bigint AND r.entity = $2 AND jsonb_typeof(r.source_key) = 'object' AND r.source_key ?& $4::text[]
   AND (r.source_key IN (SELECT p.source_key FROM rehome.reject p WHERE p.id = ANY ($3::bigint[]))) IS TRUE
 GROUP BY r.source_key
 ORDER BY min(r.id)
