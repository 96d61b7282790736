-- What was made in this session's temporary schema besides the shadows: TRUNCATE of its tables, or, with $1, DROP of everything.
SELECT string_agg(CASE WHEN NOT $1::boolean THEN pg_catalog.format('TRUNCATE pg_temp.%I;', c.relname)
                       ELSE pg_catalog.format('DROP %s IF EXISTS pg_temp.%I CASCADE;', CASE c.relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, c.relname) END, ' ')
  FROM pg_catalog.pg_class c
 WHERE c.relnamespace = pg_catalog.pg_my_temp_schema() AND c.relkind IN ('r', 'S') AND NOT pg_catalog.starts_with(c.relname, 'rehome_shadow_')
   AND ($1::boolean OR c.relkind = 'r')
