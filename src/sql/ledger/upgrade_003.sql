-- The ledger, version 3: how fast the new is beside the old.
CREATE TABLE rehome.bench (
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    name text NOT NULL,
    position integer NOT NULL,
    fingerprint text NOT NULL,
    state text NOT NULL CHECK (state IN ('passed', 'missed', 'failed')),
    why text,
    old_ms double precision,
    new_ms double precision,
    ratio double precision,
    old_queries integer NOT NULL,
    new_queries integer NOT NULL,
    runs integer NOT NULL,
    measured_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (migration, name)
);
COMMENT ON TABLE rehome.bench IS 'The latest measurement of each bench of the manifest: queries on the source against queries on the target that do the same.';
COMMENT ON COLUMN rehome.bench.fingerprint IS 'Hash of what the manifest says of it: with another one it is measured again.';
COMMENT ON COLUMN rehome.bench.state IS 'passed; missed: slower than at_least or at_most asks for; failed: a query could not be run.';
COMMENT ON COLUMN rehome.bench.why IS 'What was missed, or what the server said.';
COMMENT ON COLUMN rehome.bench.old_ms IS 'Median time of all its queries on the source, in milliseconds as rehome saw them.';
COMMENT ON COLUMN rehome.bench.new_ms IS 'The same on the target.';
COMMENT ON COLUMN rehome.bench.ratio IS 'old_ms / new_ms: how many times as fast the new is.';
COMMENT ON COLUMN rehome.bench.old_queries IS 'How many statements the old takes.';
COMMENT ON COLUMN rehome.bench.new_queries IS 'How many statements the new takes.';
COMMENT ON COLUMN rehome.bench.runs IS 'How often each side was measured, after one run to warm up.';
COMMENT ON COLUMN rehome.bench.measured_at IS 'When old and new were last measured against each other.';
