-- The ledger, version 13: which rows a repair puts right.
CREATE TABLE rehome.repair (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    entity text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('missing', 'extra', 'different')),
    key text[] NOT NULL,
    driving text[],
    why text,
    planned_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX repair_entity ON rehome.repair (migration, entity, id);
COMMENT ON TABLE rehome.repair IS 'Rows that `verify --repair` has found to differ and not put right yet. Each goes in the transaction that puts it right; the next `verify --repair` looks for them anew.';
COMMENT ON COLUMN rehome.repair.kind IS 'missing: to be inserted; different: to be updated; extra: to be deleted.';
COMMENT ON COLUMN rehome.repair.key IS 'The key of the target''s row, as texts in the order of the entity''s key; empty: rows have none.';
COMMENT ON COLUMN rehome.repair.driving IS 'The key of the driving row that gives it, as texts; NULL: not known.';
COMMENT ON COLUMN rehome.repair.why IS 'Why it could not be put right; NULL: it was not tried yet.';
COMMENT ON COLUMN rehome.repair.planned_at IS 'When it was found.';
