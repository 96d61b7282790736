-- Every index of the users' relations with the constraint it backs, by relation and name. No parameters.
SELECT i.indrelid,
       n.nspname,
       c.relname,
       pg_catalog.pg_get_indexdef(i.indexrelid),
       i.indisunique,
       i.indisprimary,
       i.indisexclusion,
       i.indisvalid AND i.indisready,
       i.indpred IS NOT NULL,
       i.indexprs IS NOT NULL,
       coalesce((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false),
       am.amname = 'btree',
       k.conname,
       pg_catalog.pg_get_constraintdef(k.oid),
       NOT i.indimmediate,
       pg_catalog.array_to_string((i.indkey::int2[])[0:i.indnkeyatts - 1], ' '),
       c.relispartition,
       i.indisreplident,
       i.indisclustered,
       EXISTS (SELECT FROM pg_catalog.pg_depend d
                WHERE d.refclassid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.refobjid = k.oid
                  AND d.deptype = 'n'),
       CASE WHEN c.relkind = 'i' THEN pg_catalog.pg_relation_size(c.oid) ELSE 0 END,
       s.spcname,
       pg_catalog.obj_description(c.oid, 'pg_class'),
       pg_catalog.obj_description(k.oid, 'pg_constraint'),
       (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', a.attnum, a.attstattarget), ' ' ORDER BY a.attnum)
          FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = c.oid AND a.attstattarget >= 0 AND i.indkey[a.attnum - 1] = 0)
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_am am ON am.oid = c.relam
  LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
  LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = c.oid AND k.contype IN ('p', 'u', 'x')
 WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'rehome')
 ORDER BY i.indrelid, c.relname COLLATE "C";
