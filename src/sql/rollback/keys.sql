-- Foreign keys of this role's among the tables $1 (oids) that refer to the tables $2 and are looked at at once: quoted table, quoted name.
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname), pg_catalog.quote_ident(k.conname)
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE k.contype = 'f' AND k.conparentid = 0 AND NOT k.condeferrable AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
   AND k.conrelid = ANY ($1::oid[]) AND k.confrelid = ANY ($2::oid[])
 ORDER BY k.oid
