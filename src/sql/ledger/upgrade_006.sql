-- The ledger, version 6: what rollback needs: which rows were inserted, rows as they were before, objects that were made.
CREATE TABLE rehome.undo (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('empty', 'rows', 'replaced', 'sequence', 'view', 'object', 'note')),
    step text,
    entity text,
    chunk bigint,
    run bigint,
    relation text NOT NULL,
    images text,
    columns text[] NOT NULL DEFAULT '{}',
    key text[] NOT NULL DEFAULT '{}',
    inserted bigint NOT NULL DEFAULT 0,
    updated bigint NOT NULL DEFAULT 0,
    before jsonb,
    action text,
    wrote xid,
    state text NOT NULL DEFAULT 'recorded' CHECK (state IN ('recorded', 'left')),
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX undo_migration ON rehome.undo (migration, kind, relation);
COMMENT ON TABLE rehome.undo IS 'What rollback undoes, each written in the transaction of what it undoes. What was undone goes.';
COMMENT ON COLUMN rehome.undo.kind IS 'empty: rows of a table that had none, known by the transaction that wrote them, which wrote this row too; rows: rows inserted and changed, in the table `images`; replaced: rows that were removed; sequence, view: its state before; object: one that a script made; note: what rollback cannot undo.';
COMMENT ON COLUMN rehome.undo.step IS 'The step that did it; NULL: a chunk.';
COMMENT ON COLUMN rehome.undo.run IS 'The run that did it.';
COMMENT ON COLUMN rehome.undo.relation IS 'What it is about, quoted and qualified.';
COMMENT ON COLUMN rehome.undo.images IS 'The table of this schema that keeps the rows, where rehome_undo is this id: with rehome_hash a row as we wrote it, by its key and a hash; without, a row as it was before.';
COMMENT ON COLUMN rehome.undo.columns IS 'The columns that the hash covers.';
COMMENT ON COLUMN rehome.undo.key IS 'The columns by which a row is found again; none: by its hash.';
COMMENT ON COLUMN rehome.undo.inserted IS 'Rows that were inserted.';
COMMENT ON COLUMN rehome.undo.updated IS 'Rows that were changed, and are kept as they were.';
COMMENT ON COLUMN rehome.undo.before IS 'What it was before: last_value and is_called of a sequence, whether a view was populated.';
COMMENT ON COLUMN rehome.undo.action IS 'The SQL that undoes it; NULL: it is more than one statement.';
COMMENT ON COLUMN rehome.undo.wrote IS 'The transaction that wrote the rows, where it is not the one that wrote this row.';
COMMENT ON COLUMN rehome.undo.state IS 'left: a rollback left these rows alone, because somebody else has changed them.';

ALTER TABLE rehome.migration ADD COLUMN rolling_back jsonb;
COMMENT ON COLUMN rehome.migration.rolling_back IS 'What a rollback that is not finished undoes; NULL: none is under way.';
COMMENT ON COLUMN rehome.migration.phase IS 'expand, backfill, verify, done; rollback, rolled back.';
ALTER TABLE rehome.entity ADD COLUMN undo text;
COMMENT ON COLUMN rehome.entity.undo IS 'What its chunks record for rollback: off, empty or rows, see rehome.undo.';
