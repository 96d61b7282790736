-- The ledger, version 15: what is left behind and what stays empty, and why.
CREATE TABLE rehome.uncovered (
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    side text NOT NULL CHECK (side IN ('old', 'new')),
    name text NOT NULL,
    kind text,
    relation text,
    column_name text,
    reason text
);
CREATE INDEX uncovered_migration ON rehome.uncovered (migration, side, name);
COMMENT ON TABLE rehome.uncovered IS 'What of the old schema nothing carries over, and which columns of the new one nothing fills, as the latest plan of all entities has found them.';
COMMENT ON COLUMN rehome.uncovered.side IS 'old: left behind; new: given nothing.';
COMMENT ON COLUMN rehome.uncovered.name IS 'As `rehome plan` calls it: companies.legacy_code, audit_log.';
COMMENT ON COLUMN rehome.uncovered.kind IS 'column, table, view, function, ...; NULL: the name says it.';
COMMENT ON COLUMN rehome.uncovered.relation IS 'The table, quoted and qualified; NULL: it is none, and no column of one.';
COMMENT ON COLUMN rehome.uncovered.column_name IS 'NULL: the whole of it.';
COMMENT ON COLUMN rehome.uncovered.reason IS 'What `dropped` or `unfilled` of the manifest says; NULL: nothing.';
