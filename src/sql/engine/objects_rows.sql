-- Tables whose rows were touched since pg_temp.rehome_touched: quoted name, rows added, whether rows were changed or removed, whether one of the names $1 or
-- this transaction made the table.
SELECT pg_catalog.format('%I.%I', t.nspname, c.relname), s.n_tup_ins - coalesce(b.ins, 0),
       s.n_tup_upd > coalesce(b.upd, 0) OR s.n_tup_del > coalesce(b.del, 0),
       pg_catalog.format('table %I.%I', t.nspname, c.relname) = ANY ($1::text[])
       OR NOT EXISTS (SELECT FROM pg_temp.rehome_objects o
                       WHERE (o.class, o.object, o.part) = ('pg_catalog.pg_class'::pg_catalog.regclass::oid, c.oid, 0))
  FROM pg_catalog.pg_stat_xact_user_tables s
  LEFT JOIN pg_temp.rehome_touched b ON b.relid = s.relid
  JOIN pg_catalog.pg_class c ON c.oid = s.relid AND c.relkind IN ('r', 'p')
  JOIN pg_catalog.pg_namespace t ON t.oid = c.relnamespace
 WHERE t.nspname <> 'rehome' AND t.nspname !~ '^pg_'
   AND (s.n_tup_ins > coalesce(b.ins, 0) OR s.n_tup_upd > coalesce(b.upd, 0) OR s.n_tup_del > coalesce(b.del, 0))
 ORDER BY c.oid
