-- Rejects of migration $1: of entity $2 or its items, of reason $3 or of this kind (NULL: all); with an id among $4, a key among $5, or a key of one
-- column whose value is among $6 (all NULL: all); at most $8 of those after id $7 up to id $9.
SELECT r.id
  FROM rehome.reject r
 WHERE r.migration = $1::bigint
   AND ($2::text IS NULL OR r.entity = $2 OR starts_with(r.entity, $2 || '['))
   AND ($3::text IS NULL OR r.reason = $3 OR starts_with(r.reason, $3 || ':'))
   AND ($4::bigint[] IS NULL OR r.id = ANY ($4::bigint[]) OR r.source_key = ANY ($5::text[]::jsonb[])
        OR CASE WHEN jsonb_typeof(r.source_key) = 'object'
                THEN (SELECT count(*) = 1 AND min(k.value) = ANY ($6::text[]) FROM jsonb_each_text(r.source_key) k) END)
   AND r.id > $7::bigint AND ($9::bigint IS NULL OR r.id <= $9::bigint)
 ORDER BY r.id
 LIMIT $8::bigint
