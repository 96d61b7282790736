-- Rows to be looked at again, at most $1: entity, hash of the key, key, driving key. Only those that the source has not given by now when $2.
SELECT entity, kh, key, driving
  FROM pg_temp.rehome_watched AS w
 WHERE suspect AND NOT ($2::boolean AND EXISTS (SELECT FROM pg_temp.rehome_source AS s WHERE s.kh = w.kh))
 LIMIT $1::bigint
