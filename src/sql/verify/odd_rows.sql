-- Rows that differ, by name, at most $1 of an entity: entity, missing | extra | different, hash of the key, hashes of the rows, key, driving key, suspect.
SELECT entity, what, kh, source_hash, target_hash, key, driving, suspect
  FROM (SELECT *, row_number() OVER (PARTITION BY entity
                                         ORDER BY suspect, array_position(ARRAY['missing', 'different', 'extra'], what), length(key::text), key::text COLLATE "C") AS n
          FROM pg_temp.rehome_odd) AS ordered
 WHERE n <= $1::bigint
 ORDER BY entity, n
