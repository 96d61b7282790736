-- SQL that drops a table of images that nothing in rehome.undo refers to, and that no entity will need: of migrations other than $1, and unless $2 of $1 too.
SELECT pg_catalog.format('DROP TABLE rehome.%I', c.relname)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'rehome' AND c.relkind = 'r' AND c.relname LIKE 'undo\_%'
   AND NOT EXISTS (SELECT FROM rehome.undo u WHERE u.images = c.relname)
   AND NOT EXISTS (SELECT FROM rehome.entity e
                    WHERE e.undo <> 'off' AND (e.migration <> $1::bigint OR NOT $2::boolean)
                      AND pg_catalog.left(c.relname, -9) = 'undo_' || pg_catalog.left(e.into_name, 40))
