-- The ledger, version 8: backups of target tables, taken before the first write to them.
CREATE TABLE rehome.backup (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'taking' CHECK (state IN ('taking', 'taken', 'kept', 'past')),
    host text NOT NULL,
    path text NOT NULL,
    program text NOT NULL,
    snapshot text,
    bytes bigint,
    sha256 text,
    verified text CHECK (verified IN ('restore', 'read')),
    begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    taken_at timestamptz,
    seconds double precision
);
CREATE INDEX backup_migration ON rehome.backup (migration);
COMMENT ON TABLE rehome.backup IS 'Backups of target tables, one file each; `rehome rollback --from-backup` puts the tables back.';
COMMENT ON COLUMN rehome.backup.state IS 'taking: not finished, its file counts for nothing; taken: whole and verified; kept: everything was rolled back since; past: and the migration has begun anew after that.';
COMMENT ON COLUMN rehome.backup.host IS 'The machine that the file is on.';
COMMENT ON COLUMN rehome.backup.path IS 'The file, an archive for pg_restore.';
COMMENT ON COLUMN rehome.backup.program IS 'The pg_dump that made it.';
COMMENT ON COLUMN rehome.backup.snapshot IS 'What the archive holds: pg_current_snapshot() of the transaction that it was taken in.';
COMMENT ON COLUMN rehome.backup.sha256 IS 'Of the file, in hexadecimal, as sha256sum prints it.';
COMMENT ON COLUMN rehome.backup.verified IS 'restore: its rows were restored and compared with those of the tables; read: they were counted.';
COMMENT ON COLUMN rehome.backup.begun_at IS 'When pg_dump was started.';
COMMENT ON COLUMN rehome.backup.taken_at IS 'The moment of the snapshot.';

CREATE TABLE rehome.backup_table (
    backup bigint NOT NULL REFERENCES rehome.backup ON DELETE CASCADE,
    relation text NOT NULL,
    root text NOT NULL,
    schema_name text NOT NULL,
    table_name text NOT NULL,
    columns text[] NOT NULL,
    key text[] NOT NULL DEFAULT '{}',
    rows bigint NOT NULL,
    sequences jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (backup, relation)
);
COMMENT ON TABLE rehome.backup_table IS 'The tables of a backup; of a partitioned table its partitions.';
COMMENT ON COLUMN rehome.backup_table.backup IS 'The file that it is in.';
COMMENT ON COLUMN rehome.backup_table.schema_name IS 'Its schema, as stored.';
COMMENT ON COLUMN rehome.backup_table.table_name IS 'Its name, as stored.';
COMMENT ON COLUMN rehome.backup_table.relation IS 'The table, quoted and qualified.';
COMMENT ON COLUMN rehome.backup_table.root IS 'The table that entities fill: of a partition the partitioned table.';
COMMENT ON COLUMN rehome.backup_table.columns IS 'Its columns, as they stand in the archive.';
COMMENT ON COLUMN rehome.backup_table.key IS 'By what its rows are told apart; nothing: by all their values.';
COMMENT ON COLUMN rehome.backup_table.rows IS 'How many there are in the archive.';
COMMENT ON COLUMN rehome.backup_table.sequences IS 'Where the sequences of its columns stood: sequence, column, last_value, is_called, furthest (the greatest value of the column).';

ALTER TABLE rehome.undo DROP CONSTRAINT undo_kind_check;
ALTER TABLE rehome.undo ADD CONSTRAINT undo_kind_check CHECK (kind IN ('empty', 'rows', 'replaced', 'sequence', 'view', 'object', 'note', 'mark'));
COMMENT ON COLUMN rehome.undo.kind IS 'empty: rows of a table that had none, known by the transaction that wrote them, which wrote this row too; rows: rows inserted and changed, in the table `images`; replaced: rows that were removed; mark: rows that only a backup brings back, written by the transaction of this row, or (action: remove) removed; sequence, view: its state before; object: one that a script made; note: what rollback cannot undo.';
