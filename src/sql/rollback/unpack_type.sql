-- The type of the column $2 of the table rehome.$1, by which rollback finds rows again; none: there is no such column.
SELECT pg_catalog.format_type(a.atttypid, a.atttypmod)
  FROM pg_catalog.pg_attribute a
 WHERE a.attrelid = pg_catalog.to_regclass(pg_catalog.format('rehome.%I', $1::text)) AND a.attname = $2::text AND a.attnum > 0 AND NOT a.attisdropped
