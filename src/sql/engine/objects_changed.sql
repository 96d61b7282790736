-- What was changed or dropped since pg_temp.rehome_objects, but those of the names $1 and their columns: name, whether it is gone. Others may have
-- changed tables, constraints and triggers meanwhile: those count only when this transaction wrote them.
SELECT b.name, n.object IS NULL
  FROM pg_temp.rehome_objects b
  LEFT JOIN pg_temp.rehome_objects_now n ON (n.class, n.object, n.part) = (b.class, b.object, b.part)
  LEFT JOIN pg_temp.rehome_objects whole ON b.part <> 0 AND (whole.class, whole.object, whole.part) = (b.class, b.object, 0)
  LEFT JOIN pg_temp.rehome_objects_now still ON (still.class, still.object, still.part) = (whole.class, whole.object, 0)
 WHERE (n.object IS NULL OR n.digest <> b.digest)
   AND CASE WHEN n.digest <> b.digest AND (n.name ~ '^table ' OR n.class IN ('pg_catalog.pg_constraint'::pg_catalog.regclass::oid, 'pg_catalog.pg_trigger'::pg_catalog.regclass::oid))
            THEN pg_catalog.txid_status(pg_catalog.txid_current() - pg_catalog.age(n.writer)) = 'in progress' ELSE true END
   AND b.name <> ALL ($1::text[]) AND coalesce(whole.name <> ALL ($1::text[]), true)
   AND (whole.object IS NULL OR still.object IS NOT NULL)
 ORDER BY b.name COLLATE "C"
