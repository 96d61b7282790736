-- Foreign keys to the table $1 (oid): the quoted table they are of, whether it is $1 itself, their columns and those that they refer to, that table's oid, whether a row that is
-- referred to just cannot go.
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), k.conrelid = k.confrelid,
       (SELECT pg_catalog.array_agg(a.attname::text ORDER BY p.place) FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY p (number, place)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = p.number),
       (SELECT pg_catalog.array_agg(a.attname::text ORDER BY p.place) FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY p (number, place)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = p.number), k.conrelid, k.confdeltype = 'a'
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE k.contype = 'f' AND k.confrelid = $1::oid AND k.conparentid = 0
 ORDER BY k.oid
