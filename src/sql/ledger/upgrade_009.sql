-- The ledger, version 9: the rows that a verification found to differ, by name.
CREATE TABLE rehome.difference (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    entity text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('missing', 'extra', 'different')),
    key jsonb,
    driving_key jsonb,
    columns jsonb NOT NULL DEFAULT '{}',
    found_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX difference_entity ON rehome.difference (migration, entity);
COMMENT ON TABLE rehome.difference IS 'Rows that the latest verification of an entity found to differ: up to 1,000 of them; rehome.verification counts all.';
COMMENT ON COLUMN rehome.difference.kind IS 'missing: only the source gives it; extra: only the target has it; different: both, with other values.';
COMMENT ON COLUMN rehome.difference.key IS 'The key of the target''s row; NULL: rows have none.';
COMMENT ON COLUMN rehome.difference.driving_key IS 'The key of the driving row that gives it, as texts; NULL: not known.';
COMMENT ON COLUMN rehome.difference.columns IS 'For each column that differs what the source gives and what the target holds, as text of at most 500 characters.';
COMMENT ON COLUMN rehome.difference.found_at IS 'When it was found.';
