-- The ledger, version 1: what a migration is made of and what has happened to it. Lives in the target database.
DO $$ BEGIN IF pg_catalog.to_regnamespace('rehome') IS NULL THEN CREATE SCHEMA rehome; END IF; END $$;
DO $$ BEGIN IF pg_catalog.pg_has_role((SELECT nspowner FROM pg_catalog.pg_namespace WHERE nspname = 'rehome'), 'USAGE') THEN
COMMENT ON SCHEMA rehome IS 'The ledger of rehome: every step, chunk, reject and verification of the migrations into this database. Its tables are made to be queried.';
END IF; END $$;

CREATE TABLE rehome.version (
    version integer PRIMARY KEY,
    installed_at timestamptz NOT NULL DEFAULT now(),
    installed_by text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE rehome.version IS 'Versions of this schema that were installed; the highest one counts.';

CREATE TABLE rehome.migration (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    params jsonb NOT NULL DEFAULT '{}',
    phase text NOT NULL DEFAULT 'expand',
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'running', 'done', 'failed', 'stopped')),
    snapshot text,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL DEFAULT session_user,
    finished_at timestamptz,
    UNIQUE (name, params)
);
COMMENT ON TABLE rehome.migration IS 'One row per migration and set of parameter values.';
COMMENT ON COLUMN rehome.migration.params IS 'Values of the manifest''s params, which are part of what the migration is.';
COMMENT ON COLUMN rehome.migration.finished_at IS 'When it was done for the first time.';
COMMENT ON COLUMN rehome.migration.phase IS 'expand, backfill, verify, done.';
COMMENT ON COLUMN rehome.migration.snapshot IS 'Snapshot of the source that a running process exports, so that another one can read the same rows.';

CREATE TABLE rehome.run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    host text NOT NULL,
    pid integer NOT NULL,
    program text NOT NULL,
    source text,
    role text NOT NULL DEFAULT session_user,
    state text NOT NULL DEFAULT 'running',
    started_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
);
COMMENT ON TABLE rehome.run IS 'One row per process that worked on a migration. A run that was killed stays ''running'': nothing depends on it.';
COMMENT ON COLUMN rehome.run.source IS 'Address of the source, without password.';

CREATE TABLE rehome.entity (
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    name text NOT NULL,
    position integer NOT NULL,
    into_schema text NOT NULL,
    into_name text NOT NULL,
    way text NOT NULL CHECK (way IN ('inside', 'stream', 'stage')),
    method text NOT NULL,
    was_empty boolean NOT NULL,
    fingerprint text NOT NULL,
    estimated_rows bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (migration, name)
);
COMMENT ON TABLE rehome.entity IS 'One target table filled by one transform.';
COMMENT ON COLUMN rehome.entity.way IS 'How its chunks are moved: inside one database, streamed by COPY, or staged in a temporary table.';
COMMENT ON COLUMN rehome.entity.method IS 'How the driving table is cut: key, ctid or one.';
COMMENT ON COLUMN rehome.entity.was_empty IS 'The target table had no row when the migration began.';
COMMENT ON COLUMN rehome.entity.fingerprint IS 'Hash of everything in the manifest that decides what this entity writes.';

CREATE TABLE rehome.step (
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    name text NOT NULL,
    position integer NOT NULL,
    kind text NOT NULL,
    entity text,
    relation text,
    reason text NOT NULL,
    needs text[] NOT NULL DEFAULT '{}',
    weight bigint NOT NULL DEFAULT 0,
    action text,
    held jsonb,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'failed')),
    error text,
    sqlstate text,
    done_at timestamptz,
    PRIMARY KEY (migration, name)
);
CREATE INDEX step_open ON rehome.step (migration, weight DESC, position) WHERE state = 'pending';
COMMENT ON TABLE rehome.step IS 'The graph of the work: a step runs when all it needs is done, and never twice.';
COMMENT ON COLUMN rehome.step.relation IS 'The target table that it works on, quoted and qualified.';
COMMENT ON COLUMN rehome.step.needs IS 'Names of the steps that must be done before.';
COMMENT ON COLUMN rehome.step.weight IS 'What runs first where several steps are ready: the heaviest.';
COMMENT ON COLUMN rehome.step.action IS 'The SQL that does it; NULL: the work is more than one statement on the target.';
COMMENT ON COLUMN rehome.step.held IS 'The index, constraint or foreign key that this step brings back, as it was.';

CREATE TABLE rehome.chunk (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    migration bigint NOT NULL,
    entity text NOT NULL,
    method text NOT NULL CHECK (method IN ('key', 'ctid', 'one')),
    low text[],
    high text[],
    estimated_rows bigint NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done')),
    driving bigint NOT NULL DEFAULT 0,
    read bigint NOT NULL DEFAULT 0,
    written bigint NOT NULL DEFAULT 0,
    unchanged bigint NOT NULL DEFAULT 0,
    merged bigint NOT NULL DEFAULT 0,
    filtered bigint NOT NULL DEFAULT 0,
    rejected bigint NOT NULL DEFAULT 0,
    bytes bigint NOT NULL DEFAULT 0,
    seconds double precision,
    worker text,
    done_at timestamptz,
    FOREIGN KEY (migration, entity) REFERENCES rehome.entity ON DELETE CASCADE,
    CONSTRAINT books_balance CHECK (read = written + unchanged + merged + filtered + rejected)
);
CREATE INDEX chunk_pending ON rehome.chunk (migration, entity, id) WHERE state = 'pending';
CREATE INDEX chunk_entity ON rehome.chunk (migration, entity);
COMMENT ON TABLE rehome.chunk IS 'A range of an entity''s driving table: moved, counted and marked done in one transaction.';
COMMENT ON COLUMN rehome.chunk.method IS 'What low and high are: key, values of the driving table''s key; ctid, places in its heap; one, the whole entity.';
COMMENT ON COLUMN rehome.chunk.low IS 'First key in the chunk, in the source''s text form; NULL: open.';
COMMENT ON COLUMN rehome.chunk.high IS 'First key after the chunk; NULL: open.';
COMMENT ON COLUMN rehome.chunk.driving IS 'Rows of the driving table in the range.';
COMMENT ON COLUMN rehome.chunk.read IS 'Rows the transform gave, and driving rows that it left out (filtered).';
COMMENT ON COLUMN rehome.chunk.written IS 'Rows inserted or updated.';
COMMENT ON COLUMN rehome.chunk.unchanged IS 'Rows that were in the target already, or that `write: skip` kept.';
COMMENT ON COLUMN rehome.chunk.merged IS 'Rows that went into a row of another source.';
COMMENT ON COLUMN rehome.chunk.filtered IS 'Driving rows for which the transform gave no row, and rows that `load` dropped.';
COMMENT ON COLUMN rehome.chunk.rejected IS 'Rows in rehome.reject.';

CREATE TABLE rehome.reject (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    entity text NOT NULL,
    chunk bigint NOT NULL,
    reason text NOT NULL,
    budgeted boolean NOT NULL,
    source_key jsonb,
    source_row jsonb,
    sqlstate text,
    constraint_name text,
    column_name text,
    message text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX reject_entity ON rehome.reject (migration, entity, reason);
COMMENT ON TABLE rehome.reject IS 'Rows that were not written, each with its reason.';
COMMENT ON COLUMN rehome.reject.reason IS 'Name of the rule in the manifest, or lossy:COLUMN for a value that would have lost something.';
COMMENT ON COLUMN rehome.reject.budgeted IS 'Counts against the budget; rows of the manifest''s own rules do not.';
COMMENT ON COLUMN rehome.reject.source_key IS 'Key of the driving row, values as text.';
COMMENT ON COLUMN rehome.reject.source_row IS 'The row as the transform gave it: an object, or its text where it holds \u0000, which jsonb cannot.';

CREATE TABLE rehome.check (
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    name text NOT NULL,
    side text NOT NULL CHECK (side IN ('source', 'target', 'balance')),
    severity text NOT NULL,
    state text NOT NULL CHECK (state IN ('passed', 'warned', 'failed')),
    value text,
    checked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (migration, side, name)
);
COMMENT ON TABLE rehome.check IS 'The latest outcome of each check of the manifest.';

CREATE TABLE rehome.verification (
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    entity text NOT NULL,
    state text NOT NULL CHECK (state IN ('passed', 'failed', 'suspect')),
    source_rows bigint NOT NULL,
    target_rows bigint NOT NULL,
    missing bigint NOT NULL,
    extra bigint NOT NULL,
    different bigint NOT NULL,
    columns_left_out text[] NOT NULL DEFAULT '{}',
    examples jsonb NOT NULL DEFAULT '[]',
    seconds double precision,
    verified_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (migration, entity)
);
COMMENT ON TABLE rehome.verification IS 'The latest comparison of each entity: transform output on the source against rows of the target.';
COMMENT ON COLUMN rehome.verification.columns_left_out IS 'Columns that were not compared: named in verify.except, volatile, or dependent on the time.';
COMMENT ON COLUMN rehome.verification.examples IS 'Keys of up to ten rows that differ.';

CREATE TABLE rehome.event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    event text NOT NULL,
    entity text,
    step text,
    message text,
    sqlstate text
);
COMMENT ON TABLE rehome.event IS 'What was worth telling: retries, failures, phases.';

CREATE VIEW rehome.migration_progress AS
SELECT m.name AS migration, e.name AS entity_type,
       coalesce(sum(c.read), 0)::bigint AS total_records,
       coalesce(sum(c.written + c.unchanged + c.merged), 0)::bigint AS migrated_records,
       coalesce(sum(c.rejected), 0)::bigint AS error_records,
       max(c.done_at) AS last_run,
       count(c.id) AS chunks,
       count(c.id) FILTER (WHERE c.state = 'done') AS chunks_done
  FROM rehome.migration m
  JOIN rehome.entity e ON e.migration = m.id
  LEFT JOIN rehome.chunk c ON c.migration = e.migration AND c.entity = e.name
 GROUP BY m.id, m.name, e.name;
COMMENT ON VIEW rehome.migration_progress IS 'Per entity: records read, migrated and in error.';

CREATE VIEW rehome.migration_errors AS
SELECT r.id, m.name AS migration, r.entity AS entity_type, r.source_key::text AS source_id,
       coalesce(r.message, r.reason) AS error_message, r.source_row AS raw_data, r.created_at
  FROM rehome.reject r JOIN rehome.migration m ON m.id = r.migration;
COMMENT ON VIEW rehome.migration_errors IS 'Rejects, one per row.';
