-- Objects of this database that a script may make or change, with a digest of what each is: class, object, part, name, digest, the transaction that wrote its row.
WITH spaces AS (
    SELECT oid, nspname FROM pg_catalog.pg_namespace
     WHERE nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'rehome') AND nspname !~ '^pg_(toast_)?temp_'
), relations AS (
    SELECT c.*, c.xmin AS writer, n.nspname FROM pg_catalog.pg_class c JOIN spaces n ON n.oid = c.relnamespace
), constraints AS (
    SELECT c.*, c.xmin AS writer, pg_catalog.format('%I.%I', n.nspname, c.conname) AS title FROM pg_catalog.pg_constraint c JOIN spaces n ON n.oid = c.connamespace
)
SELECT o.class::pg_catalog.regclass::oid AS class, o.oid AS object, o.part, o.name, pg_catalog.md5(o.digest) AS digest, o.writer
  FROM (
    SELECT 'pg_catalog.pg_namespace' AS class, n.oid, 0 AS part, 'schema ' || n.nspname AS name, pg_catalog.concat_ws('|', c.nspname, c.nspowner, c.nspacl) AS digest, c.xmin AS writer
      FROM spaces n JOIN pg_catalog.pg_namespace c ON c.oid = n.oid
    UNION ALL
    SELECT 'pg_catalog.pg_class', c.oid, 0, pg_catalog.format('%s %I.%I', CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index'
             WHEN 'I' THEN 'index' WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'type' ELSE 'table' END, c.nspname, c.relname),
           pg_catalog.concat_ws('|', c.relname, c.nspname, c.relowner, c.relacl, c.relpersistence, c.relrowsecurity, c.relforcerowsecurity, c.reloptions,
             c.reltablespace, c.relam, c.relreplident, CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END,
             CASE WHEN c.relkind IN ('i', 'I') THEN pg_catalog.pg_get_indexdef(c.oid) END, s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle), c.writer
      FROM relations c LEFT JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid
    UNION ALL
    SELECT 'pg_catalog.pg_class', a.attrelid, a.attnum, pg_catalog.format('column %I.%I.%I', c.nspname, c.relname, a.attname),
           pg_catalog.concat_ws('|', a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attidentity, a.attgenerated, a.attcollation, a.attstorage, a.attacl, a.attoptions,
             (SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum)), a.xmin
      FROM pg_catalog.pg_attribute a JOIN relations c ON c.oid = a.attrelid
     WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f', 'c', 'v')
    UNION ALL
    SELECT 'pg_catalog.pg_constraint', c.oid, 0, 'constraint ' || c.title, pg_catalog.concat_ws('|', c.conname, pg_catalog.pg_get_constraintdef(c.oid), c.convalidated), c.writer
      FROM constraints c
    UNION ALL
    SELECT 'pg_catalog.pg_trigger', t.oid, 0, pg_catalog.format('trigger %I on %I.%I', t.tgname, c.nspname, c.relname), pg_catalog.concat_ws('|', pg_catalog.pg_get_triggerdef(t.oid), t.tgenabled), t.xmin
      FROM pg_catalog.pg_trigger t JOIN relations c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'pg_catalog.pg_rewrite', r.oid, 0, pg_catalog.format('rule %I on %I.%I', r.rulename, c.nspname, c.relname), pg_catalog.concat_ws('|', pg_catalog.pg_get_ruledef(r.oid), r.ev_enabled), r.xmin
      FROM pg_catalog.pg_rewrite r JOIN relations c ON c.oid = r.ev_class WHERE r.rulename <> '_RETURN'
    UNION ALL
    SELECT 'pg_catalog.pg_policy', p.oid, 0, pg_catalog.format('policy %I on %I.%I', p.polname, c.nspname, c.relname),
           pg_catalog.concat_ws('|', p.polname, p.polcmd, p.polpermissive, p.polroles, pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)), p.xmin
      FROM pg_catalog.pg_policy p JOIN relations c ON c.oid = p.polrelid
    UNION ALL
    SELECT 'pg_catalog.pg_statistic_ext', s.oid, 0, pg_catalog.format('statistics %I.%I', n.nspname, s.stxname), pg_catalog.concat_ws('|', s.stxname, s.stxkind, s.stxkeys), s.xmin
      FROM pg_catalog.pg_statistic_ext s JOIN spaces n ON n.oid = s.stxnamespace
    UNION ALL
    SELECT 'pg_catalog.pg_proc', p.oid, 0, pg_catalog.format('function %I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)),
           pg_catalog.concat_ws('|', p.proname, n.nspname, p.proowner, p.prolang, p.prosrc, p.probin, p.proargtypes, p.prorettype, p.proallargtypes, p.proargmodes, p.proargnames,
             pg_catalog.pg_get_expr(p.proargdefaults, 0), p.provolatile, p.prosecdef, p.proleakproof, p.proisstrict, p.proparallel, p.proconfig, p.proacl), p.xmin
      FROM pg_catalog.pg_proc p JOIN spaces n ON n.oid = p.pronamespace
    UNION ALL
    SELECT 'pg_catalog.pg_type', t.oid, 0, pg_catalog.format('type %I.%I', n.nspname, t.typname),
           pg_catalog.concat_ws('|', t.typname, n.nspname, t.typowner, t.typacl, t.typtype, t.typbasetype, t.typtypmod, t.typnotnull, t.typdefault, t.typcollation), t.xmin
      FROM pg_catalog.pg_type t JOIN spaces n ON n.oid = t.typnamespace
     WHERE t.typcategory <> 'A' AND (t.typrelid = 0 OR (SELECT c.relkind FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid) = 'c')
    UNION ALL
    SELECT 'pg_catalog.pg_enum', e.oid, 0, pg_catalog.format('value %L of type %I.%I', e.enumlabel, n.nspname, t.typname), pg_catalog.concat_ws('|', e.enumlabel, e.enumsortorder), e.xmin
      FROM pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON t.oid = e.enumtypid JOIN spaces n ON n.oid = t.typnamespace
    UNION ALL
    SELECT 'pg_catalog.pg_extension', e.oid, 0, 'extension ' || e.extname, pg_catalog.concat_ws('|', e.extname, e.extversion, e.extnamespace), e.xmin FROM pg_catalog.pg_extension e
    UNION ALL
    SELECT 'pg_catalog.pg_cast', c.oid, 0, pg_catalog.format('cast from %s to %s', c.castsource::pg_catalog.regtype, c.casttarget::pg_catalog.regtype), pg_catalog.concat_ws('|', c.castfunc, c.castcontext), c.xmin
      FROM pg_catalog.pg_cast c WHERE c.oid >= 16384
    UNION ALL
    SELECT 'pg_catalog.pg_operator', o.oid, 0, pg_catalog.format('operator %I.%s', n.nspname, o.oprname), pg_catalog.concat_ws('|', o.oprname, o.oprcode), o.xmin
      FROM pg_catalog.pg_operator o JOIN spaces n ON n.oid = o.oprnamespace
    UNION ALL
    SELECT 'pg_catalog.pg_collation', c.oid, 0, pg_catalog.format('collation %I.%I', n.nspname, c.collname), c.collname::text, c.xmin
      FROM pg_catalog.pg_collation c JOIN spaces n ON n.oid = c.collnamespace
    UNION ALL
    SELECT 'pg_catalog.pg_ts_config', c.oid, 0, pg_catalog.format('text search configuration %I.%I', n.nspname, c.cfgname), c.cfgname::text, c.xmin
      FROM pg_catalog.pg_ts_config c JOIN spaces n ON n.oid = c.cfgnamespace
    UNION ALL
    SELECT 'pg_catalog.pg_publication', p.oid, 0, 'publication ' || p.pubname, p.pubname::text, p.xmin FROM pg_catalog.pg_publication p
    UNION ALL
    SELECT 'pg_catalog.pg_event_trigger', e.oid, 0, 'event trigger ' || e.evtname, pg_catalog.concat_ws('|', e.evtname, e.evtenabled), e.xmin FROM pg_catalog.pg_event_trigger e
    UNION ALL
    SELECT 'pg_catalog.pg_default_acl', a.oid, 0, 'default privileges', pg_catalog.concat_ws('|', a.defaclrole, a.defaclnamespace, a.defaclobjtype, a.defaclacl), a.xmin FROM pg_catalog.pg_default_acl a
    UNION ALL
    SELECT 'pg_catalog.pg_description', d.objoid, d.objsubid, 'a comment', pg_catalog.concat_ws('|', d.classoid, d.description), d.xmin
      FROM pg_catalog.pg_description d WHERE d.objoid >= 16384 AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
  ) AS o
