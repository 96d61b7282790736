-- Sequences of the ledger and those named in $1 that this role owns: quoted name, cache.
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), s.seqcache
  FROM pg_catalog.pg_sequence s
  JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE (n.nspname = 'rehome' OR pg_catalog.format('"%s"."%s"', replace(n.nspname, '"', '""'), replace(c.relname, '"', '""')) = ANY ($1::text[]))
   AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
 ORDER BY c.oid
