-- The ledger, version 14: what belongs to the tables that are filled, as it was declared, and what of it verification misses.
CREATE TABLE rehome.declared (
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    relation text NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    definition text NOT NULL,
    comment text,
    PRIMARY KEY (migration, relation, kind, name)
);
COMMENT ON TABLE rehome.declared IS 'Columns, constraints, indexes and triggers of the tables that a migration fills, and foreign keys that refer to them, as they were when the migration began, and after each expand file since.';
COMMENT ON COLUMN rehome.declared.relation IS 'The table, quoted and qualified.';
COMMENT ON COLUMN rehome.declared.kind IS 'table, column, constraint, index, trigger.';
COMMENT ON COLUMN rehome.declared.definition IS 'As PostgreSQL prints it; of a column type, NOT NULL, default; of a trigger whether it is enabled besides.';
COMMENT ON COLUMN rehome.declared.name IS 'Of the part; empty for the table itself.';
COMMENT ON COLUMN rehome.declared.comment IS 'Its COMMENT; NULL: it had none.';

CREATE TABLE rehome.finding (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    severity text NOT NULL CHECK (severity IN ('error', 'warn')),
    relation text NOT NULL,
    what text NOT NULL,
    found_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX finding_migration ON rehome.finding (migration);
COMMENT ON TABLE rehome.finding IS 'What the latest verification found beside the rows: sequences behind their columns, constraints, indexes, triggers and defaults that are gone or changed, foreign keys not validated, materialised views not refreshed.';
COMMENT ON COLUMN rehome.finding.severity IS 'error: the target is not what was declared, verification fails; warn: it is told.';
COMMENT ON COLUMN rehome.finding.relation IS 'The table or view, quoted and qualified.';
COMMENT ON COLUMN rehome.finding.what IS 'A sentence for people.';
COMMENT ON COLUMN rehome.finding.found_at IS 'When it was found.';

CREATE FUNCTION rehome.parts_of(relations text[])
RETURNS TABLE (relation text, kind text, name text, definition text, comment text)
STABLE LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $function$
WITH wanted AS (
    SELECT c.oid, '"' || replace(n.nspname, '"', '""') || '"."' || replace(c.relname, '"', '""') || '"' AS title
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid IN (SELECT to_regclass(r) FROM unnest($1) AS r)
)
SELECT w.title, 'table', '', '', obj_description(w.oid, 'pg_class') FROM wanted w
UNION ALL
SELECT w.title, 'column', a.attname,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                 CASE WHEN a.attidentity <> '' THEN 'IDENTITY' WHEN a.attgenerated <> '' THEN 'GENERATED' WHEN d.oid IS NOT NULL THEN 'DEFAULT' END,
                 pg_get_expr(d.adbin, d.adrelid)),
       col_description(w.oid, a.attnum)
  FROM wanted w JOIN pg_attribute a ON a.attrelid = w.oid LEFT JOIN pg_attrdef d ON d.adrelid = w.oid AND d.adnum = a.attnum
 WHERE a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT '"' || replace(n.nspname, '"', '""') || '"."' || replace(r.relname, '"', '""') || '"', 'constraint', c.conname, pg_get_constraintdef(c.oid),
       obj_description(c.oid, 'pg_constraint')
  FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_namespace n ON n.oid = r.relnamespace
 WHERE (c.conrelid IN (SELECT oid FROM wanted) OR c.confrelid IN (SELECT oid FROM wanted)) AND c.conparentid = 0 AND c.contype IN ('c', 'f', 'p', 'u', 'x')
UNION ALL
SELECT w.title, 'index', i.relname, pg_get_indexdef(i.oid) || CASE WHEN x.indisvalid THEN '' ELSE ' INVALID' END, obj_description(i.oid, 'pg_class')
  FROM wanted w JOIN pg_index x ON x.indrelid = w.oid JOIN pg_class i ON i.oid = x.indexrelid
UNION ALL
SELECT w.title, 'trigger', t.tgname,
       pg_get_triggerdef(t.oid) || CASE t.tgenabled WHEN 'D' THEN ' DISABLED' WHEN 'R' THEN ' ENABLED REPLICA' WHEN 'A' THEN ' ENABLED ALWAYS' ELSE '' END,
       obj_description(t.oid, 'pg_trigger')
  FROM wanted w JOIN pg_trigger t ON t.tgrelid = w.oid WHERE NOT t.tgisinternal
$function$;
COMMENT ON FUNCTION rehome.parts_of(text[]) IS 'What belongs to these tables now, as rehome.declared keeps it.';
