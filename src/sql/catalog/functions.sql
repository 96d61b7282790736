-- The bare names of the functions, PostgreSQL's own too, that are volatile, aggregates or set-returning with some arguments. No parameters.
SELECT p.proname,
       pg_catalog.bool_or(p.provolatile = 'v'),
       pg_catalog.bool_or(p.prokind = 'a'),
       pg_catalog.bool_or(p.proretset)
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
 WHERE (p.provolatile = 'v' OR p.prokind = 'a' OR p.proretset)
   AND p.prorettype NOT IN ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
   AND n.nspname !~ '^pg_(toast|temp)' AND n.nspname NOT IN ('information_schema', 'rehome')
 GROUP BY p.proname
 ORDER BY p.proname COLLATE "C";
