-- The ledger, version 4: what merges leave behind: the disagreements of their sources, and of which source a reject is.
CREATE TABLE rehome.conflict (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    entity text NOT NULL,
    chunk bigint NOT NULL,
    key jsonb NOT NULL,
    column_name text NOT NULL,
    rule text NOT NULL,
    candidates jsonb NOT NULL,
    winner text,
    winner_source text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX conflict_entity ON rehome.conflict (migration, entity, column_name);
COMMENT ON TABLE rehome.conflict IS 'What the rows that a merge made one did not agree on: one row per key and column.';
COMMENT ON COLUMN rehome.conflict.key IS 'The key of the merge, values as text.';
COMMENT ON COLUMN rehome.conflict.rule IS 'The rule by which one of the values won, as in the manifest.';
COMMENT ON COLUMN rehome.conflict.candidates IS 'All values that are not null, in the order of the sources: source, key of its driving row, value as text.';
COMMENT ON COLUMN rehome.conflict.winner IS 'The value that was taken, as text; NULL with the rule error: the rows are in rehome.reject.';
COMMENT ON COLUMN rehome.conflict.winner_source IS 'The source that it came from.';

ALTER TABLE rehome.reject ADD COLUMN source text;
COMMENT ON COLUMN rehome.reject.source IS 'Of a merge: which of its sources gave the row.';
