-- The ledger, version 16: rows that are known by the transaction that wrote them, also where others have rows.
ALTER TABLE rehome.undo ADD COLUMN home oid, ADD COLUMN transaction bigint;
ALTER TABLE rehome.undo ALTER COLUMN home SET DEFAULT 'rehome.undo'::pg_catalog.regclass::oid, ALTER COLUMN transaction SET DEFAULT pg_catalog.txid_current();
COMMENT ON COLUMN rehome.undo.home IS 'The table that this row was written to: in a restored copy of it xmin says nothing. NULL: an older rehome wrote it.';
COMMENT ON COLUMN rehome.undo.transaction IS 'The transaction that wrote this row, with its epoch: xmin is used again after 4,294,967,296 of them. NULL: an older rehome wrote it.';
COMMENT ON COLUMN rehome.undo.images IS 'The table of this schema that keeps the rows, where rehome_undo is this id: with rehome_xmin a row as it was before; with rehome_hash one that we wrote (0: it is known by its transaction, which is that of this row).';
COMMENT ON COLUMN rehome.undo.wrote IS 'The transaction that wrote the rows, where xmin of this row does not say it any more.';

CREATE TABLE rehome.inserted_keys (
    undo bigint PRIMARY KEY REFERENCES rehome.undo ON DELETE CASCADE,
    keys text[] NOT NULL
);
ALTER TABLE rehome.inserted_keys ALTER COLUMN keys SET STORAGE EXTERNAL;
COMMENT ON TABLE rehome.inserted_keys IS 'Keys of rows that were inserted, where they have one column: many in one row. Rollback takes them apart into the table `images`.';
COMMENT ON COLUMN rehome.inserted_keys.undo IS 'The row of rehome.undo.';
COMMENT ON COLUMN rehome.inserted_keys.keys IS 'The keys as text.';
