-- Of the table $1: columns of its primary key, else of a unique index over columns that are not null; NULL: there is none.
SELECT (SELECT pg_catalog.array_agg(a.attname::text ORDER BY k.place)
          FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY k (number, place)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
         WHERE k.place <= i.indnkeyatts)
  FROM pg_catalog.pg_index i
 WHERE i.indrelid = $1::pg_catalog.regclass AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
   AND NOT EXISTS (SELECT FROM pg_catalog.unnest(i.indkey) WITH ORDINALITY k (number, place)
                     JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
                    WHERE k.place <= i.indnkeyatts AND NOT a.attnotnull)
 ORDER BY i.indisprimary DESC, i.indexrelid
 LIMIT 1
