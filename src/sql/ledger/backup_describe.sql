-- Of the table $1 (quoted): columns in the order of the archive, key (NULL: none), name, schema.
SELECT (SELECT pg_catalog.array_agg(a.attname::text ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''),
       (SELECT (SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place)
                  FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY k (number, place)
                  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
                 WHERE k.place <= i.indnkeyatts)
          FROM pg_catalog.pg_index i
         WHERE i.indrelid = r.oid AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
           AND NOT EXISTS (SELECT FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY k (number, place)
                             JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
                            WHERE k.place <= i.indnkeyatts AND NOT a.attnotnull)
         ORDER BY i.indisprimary DESC, i.indexrelid LIMIT 1),
       r.relname, n.nspname
  FROM pg_catalog.pg_class r JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
 WHERE r.oid = $1::pg_catalog.regclass
