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
         WHERE a.attrelid = c.oid AND a.attstattarget >= 0 AND i.indkey[a.attnum - 1] = 0),
       CASE WHEN i.indisunique OR i.indisexclusion THEN ARRAY(
            SELECT '(' || pg_catalog.pg_get_indexdef(c.oid, p, false) || ')'
                   || coalesce((SELECT ' COLLATE ' || pg_catalog.quote_ident(ln.nspname) || '.' || pg_catalog.quote_ident(l.collname)
                                  FROM pg_catalog.pg_collation l JOIN pg_catalog.pg_namespace ln ON ln.oid = l.collnamespace
                                 WHERE l.oid = i.indcollation[p - 1]), '')
              FROM pg_catalog.generate_series(1, i.indnkeyatts) AS p ORDER BY p)::text END,
       CASE WHEN i.indisunique THEN ARRAY(
            SELECT 'OPERATOR(' || pg_catalog.quote_ident(pn.nspname) || '.' || o.oprname || ')'
              FROM pg_catalog.generate_series(1, i.indnkeyatts) AS p
              JOIN pg_catalog.pg_opclass oc ON oc.oid = i.indclass[p - 1]
              JOIN pg_catalog.pg_amop ao ON ao.amopfamily = oc.opcfamily AND ao.amopstrategy = 3
                                        AND ao.amoplefttype = oc.opcintype AND ao.amoprighttype = oc.opcintype
              JOIN pg_catalog.pg_operator o ON o.oid = ao.amopopr
              JOIN pg_catalog.pg_namespace pn ON pn.oid = o.oprnamespace ORDER BY p)::text
            WHEN i.indisexclusion THEN ARRAY(
            SELECT 'OPERATOR(' || pg_catalog.quote_ident(pn.nspname) || '.' || o.oprname || ')'
              FROM pg_catalog.unnest(k.conexclop) WITH ORDINALITY AS x (operator, place)
              JOIN pg_catalog.pg_operator o ON o.oid = x.operator
              JOIN pg_catalog.pg_namespace pn ON pn.oid = o.oprnamespace ORDER BY x.place)::text END,
       CASE WHEN i.indisunique OR i.indisexclusion THEN pg_catalog.pg_get_expr(i.indpred, i.indrelid) END
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_am am ON am.oid = c.relam
  LEFT JOIN pg_catalog.pg_tablespace s ON s.oid = c.reltablespace
  LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = c.oid AND k.contype IN ('p', 'u', 'x')
 WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'rehome')
 ORDER BY i.indrelid, c.relname COLLATE "C";
