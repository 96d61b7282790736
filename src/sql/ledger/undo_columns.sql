-- Of the table $1: definitions of its columns with the types below all domains, and an array of their names; computed columns are left out.
WITH RECURSIVE below AS (
    SELECT a.attnum, a.attname, a.atttypid AS type, a.atttypmod AS typmod
      FROM pg_catalog.pg_attribute a
     WHERE a.attrelid = $1::pg_catalog.regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    UNION ALL
    SELECT b.attnum, b.attname, t.typbasetype, CASE WHEN t.typtypmod >= 0 THEN t.typtypmod ELSE b.typmod END
      FROM below b JOIN pg_catalog.pg_type t ON t.oid = b.type
     WHERE t.typtype = 'd'
)
SELECT pg_catalog.string_agg(pg_catalog.format('%I %s', b.attname, pg_catalog.format_type(b.type, b.typmod)), ', ' ORDER BY b.attnum),
       pg_catalog.array_agg(b.attname::text ORDER BY b.attnum)
  FROM below b JOIN pg_catalog.pg_type t ON t.oid = b.type
 WHERE t.typtype <> 'd'
