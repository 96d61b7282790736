-- What is in pg_temp.rehome_objects_now only, because this transaction (or a savepoint of it) made it, and does not go by itself with another such thing: name, SQL that drops it or NULL, of a table its quoted name; as made.
WITH newer AS MATERIALIZED (
    SELECT n.* FROM pg_temp.rehome_objects_now n
     WHERE n.name <> 'a comment'
       AND NOT EXISTS (SELECT FROM pg_temp.rehome_objects b WHERE (b.class, b.object, b.part) = (n.class, n.object, n.part))
), made AS (
    SELECT n.* FROM newer n WHERE pg_catalog.txid_status(pg_catalog.txid_current() - pg_catalog.age(n.writer)) = 'in progress'
), roots AS (
    SELECT m.* FROM made m
     WHERE NOT EXISTS (SELECT FROM made p WHERE m.part <> 0 AND (p.class, p.object, p.part) = (m.class, m.object, 0))
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_enum e JOIN made p ON (p.class, p.object) = ('pg_catalog.pg_type'::pg_catalog.regclass::oid, e.enumtypid)
                        WHERE m.class = 'pg_catalog.pg_enum'::pg_catalog.regclass AND e.oid = m.object)
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN made p ON (p.class, p.object) = (d.refclassid, d.refobjid) AND p.part IN (0, d.refobjsubid)
                        WHERE (d.classid, d.objid) = (m.class, m.object) AND d.objsubid IN (0, m.part) AND d.deptype IN ('a', 'i', 'P', 'S', 'e')
                          AND (p.class, p.object, p.part) <> (m.class, m.object, m.part))
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                        WHERE (d.classid, d.objid, d.objsubid) = (m.class, m.object, m.part) AND d.deptype = 'i' AND m.class <> 'pg_catalog.pg_constraint'::pg_catalog.regclass
                          AND d.refclassid = 'pg_catalog.pg_constraint'::pg_catalog.regclass)
)
SELECT r.name,
       CASE WHEN r.class = 'pg_catalog.pg_class'::pg_catalog.regclass AND r.part > 0 THEN
                 pg_catalog.format('ALTER TABLE %s DROP COLUMN %I', t.identity, (SELECT a.attname FROM pg_catalog.pg_attribute a WHERE (a.attrelid, a.attnum) = (r.object, r.part)))
            WHEN i.type = 'table constraint' THEN
                 (SELECT pg_catalog.format('ALTER TABLE %I.%I DROP CONSTRAINT %I', n.nspname, c.relname, k.conname)
                    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                   WHERE k.oid = r.object)
            WHEN i.type = 'domain constraint' THEN
                 (SELECT pg_catalog.format('ALTER DOMAIN %I.%I DROP CONSTRAINT %I', n.nspname, d.typname, k.conname)
                    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_type d ON d.oid = k.contypid JOIN pg_catalog.pg_namespace n ON n.oid = d.typnamespace
                   WHERE k.oid = r.object)
            WHEN i.type IN ('default acl', 'composite type') OR r.class = 'pg_catalog.pg_enum'::pg_catalog.regclass THEN NULL
            WHEN i.type = 'statistics object' THEN 'DROP STATISTICS ' || i.identity
            ELSE pg_catalog.format('DROP %s %s', pg_catalog.upper(i.type), i.identity) END,
       CASE WHEN r.class = 'pg_catalog.pg_class'::pg_catalog.regclass AND r.part = 0 AND i.type IN ('table', 'foreign table') THEN i.identity END
  FROM roots r
 CROSS JOIN LATERAL pg_catalog.pg_identify_object(CASE WHEN r.class = 'pg_catalog.pg_enum'::pg_catalog.regclass THEN NULL ELSE r.class END, r.object, r.part) i
  LEFT JOIN LATERAL pg_catalog.pg_identify_object(r.class, r.object, 0) t ON r.part > 0
 WHERE NOT (r.class = 'pg_catalog.pg_class'::pg_catalog.regclass AND i.type = 'composite type')
 ORDER BY r.object, r.part
