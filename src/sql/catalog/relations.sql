-- Every table, view, materialized view and foreign table of the users' schemas, by name. No parameters.
-- Rows are estimated as the planner does: the density of the last ANALYZE times the pages of today. -1: not known.
SELECT c.oid,
       n.nspname,
       c.relname,
       c.relkind,
       c.relispartition,
       CASE WHEN c.relispartition THEN i.inhparent ELSE 0 END,
       c.relispopulated,
       c.relkind = 'r' AND c.oid IN (SELECT inhparent FROM pg_catalog.pg_inherits),
       c.relrowsecurity,
       c.relkind IN ('r', 'm') AND am.amname = 'heap',
       CASE WHEN c.relkind = 'f' AND c.reltuples > 0 THEN c.reltuples::bigint
            WHEN c.relkind NOT IN ('r', 'm') THEN -1
            WHEN size.pages = 0 THEN 0
            WHEN c.relpages > 0 AND (c.reltuples > 0 OR c.reltuples = 0 AND size.pages <= c.relpages)
            THEN pg_catalog.round(c.reltuples::float8 / c.relpages * size.pages)::bigint
            ELSE -1
       END,
       size.pages,
       size.bytes,
       pg_catalog.pg_get_userbyid(c.relowner),
       n.usable AND (pg_catalog.has_table_privilege(c.oid, 'SELECT')
                     OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT')
                        AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                                         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                                           AND NOT pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'))),
       n.usable AND pg_catalog.has_table_privilege(c.oid, 'INSERT'),
       n.usable AND pg_catalog.has_table_privilege(c.oid, 'UPDATE'),
       n.usable AND pg_catalog.has_table_privilege(c.oid, 'DELETE'),
       n.usable AND pg_catalog.has_table_privilege(c.oid, 'TRUNCATE'),
       pg_catalog.pg_has_role(c.relowner, 'USAGE'),
       c.oid IN (SELECT objid
                   FROM pg_catalog.pg_depend
                  WHERE classid = 'pg_catalog.pg_class'::regclass AND deptype = 'e'),
       comment.description,
       CASE WHEN NOT c.relispartition
            THEN (SELECT pg_catalog.array_agg(inhparent ORDER BY inhseqno)
                    FROM pg_catalog.pg_inherits WHERE inhrelid = c.oid)
       END
  FROM pg_catalog.pg_class c
  JOIN (SELECT oid, nspname, pg_catalog.has_schema_privilege(oid, 'USAGE') AS usable
          FROM pg_catalog.pg_namespace
         WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'rehome')) n ON n.oid = c.relnamespace
 CROSS JOIN LATERAL (
       SELECT CASE WHEN c.relkind IN ('r', 'm')
                   THEN pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::bigint
                   ELSE 0 END AS pages,
              CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_table_size(c.oid) ELSE 0 END AS bytes
       OFFSET 0) size
  LEFT JOIN pg_catalog.pg_am am ON am.oid = c.relam
  LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid AND c.relispartition
  LEFT JOIN pg_catalog.pg_description comment
         ON comment.objoid = c.oid AND comment.classoid = 'pg_catalog.pg_class'::regclass AND comment.objsubid = 0
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C";
