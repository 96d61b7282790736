-- The ledger, version 17: verification goes on where it was killed, and says how it was done and for when it holds.
CREATE TABLE rehome.verification_pass (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    migration bigint NOT NULL REFERENCES rehome.migration ON DELETE CASCADE,
    method text NOT NULL CHECK (method IN ('rows', 'fast', 'sample')),
    state text NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'passed', 'failed', 'suspect', 'left')),
    entities text[] NOT NULL,
    findings text[] NOT NULL DEFAULT '{}',
    percent double precision,
    seed integer,
    source_snapshot text,
    target_snapshot text,
    parts bigint NOT NULL DEFAULT 0,
    parts_kept bigint NOT NULL DEFAULT 0,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    created_by text NOT NULL DEFAULT session_user
);
CREATE INDEX verification_pass_migration ON rehome.verification_pass (migration);
COMMENT ON TABLE rehome.verification_pass IS 'Verifications, one row each: what was compared, how, and what came of it.';
COMMENT ON COLUMN rehome.verification_pass.method IS 'rows: every row of both sides; fast: counts and sums; sample: some rows.';
COMMENT ON COLUMN rehome.verification_pass.state IS 'left: its process ended before it did, and no other one has gone on with it in time.';
COMMENT ON COLUMN rehome.verification_pass.entities IS 'The entities that were compared.';
COMMENT ON COLUMN rehome.verification_pass.findings IS 'Of fast and sample: what was found, in sentences. What a comparison of all rows finds is in rehome.verification.';
COMMENT ON COLUMN rehome.verification_pass.percent IS 'Of sample: how many percent of the rows of either side were chosen.';
COMMENT ON COLUMN rehome.verification_pass.seed IS 'Of sample: by which number they were chosen; the same one chooses them again.';
COMMENT ON COLUMN rehome.verification_pass.source_snapshot IS 'txid_current_snapshot() of the source in which it was read, by the process that came to the end; parts of an earlier process are older.';
COMMENT ON COLUMN rehome.verification_pass.target_snapshot IS 'The same of the target. Rows that differed at first were looked at again later.';
COMMENT ON COLUMN rehome.verification_pass.parts IS 'In how many parts both sides were read to be summed.';
COMMENT ON COLUMN rehome.verification_pass.parts_kept IS 'How many of them were read by a process that did not come to the end.';

CREATE TABLE rehome.verification_table (
    pass bigint NOT NULL REFERENCES rehome.verification_pass ON DELETE CASCADE,
    relation text NOT NULL,
    identity text NOT NULL,
    buckets integer NOT NULL,
    bounds text[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (pass, relation)
);
COMMENT ON TABLE rehome.verification_table IS 'Tables of a verification that is under way, and how their rows are put into buckets.';
COMMENT ON COLUMN rehome.verification_table.pass IS 'The pass that it belongs to.';
COMMENT ON COLUMN rehome.verification_table.relation IS 'The table of the target, quoted and qualified.';
COMMENT ON COLUMN rehome.verification_table.identity IS 'Hash of what is compared and how: parts are used by a later process only if it would do the same.';
COMMENT ON COLUMN rehome.verification_table.buckets IS 'How many buckets.';
COMMENT ON COLUMN rehome.verification_table.bounds IS 'The keys that begin them, but for the first; none: the key''s hash decides.';

CREATE TABLE rehome.verification_part (
    pass bigint NOT NULL,
    relation text NOT NULL,
    number integer NOT NULL,
    entity text,
    low text,
    high text,
    rows bigint,
    buckets integer[],
    counts bigint[],
    sums numeric[],
    snapshot text,
    done_at timestamptz,
    PRIMARY KEY (pass, relation, number),
    FOREIGN KEY (pass, relation) REFERENCES rehome.verification_table ON DELETE CASCADE
);
COMMENT ON TABLE rehome.verification_part IS 'Parts of both sides of a verification that is under way: what their rows sum up to. They go when it ends.';
COMMENT ON COLUMN rehome.verification_part.pass IS 'The pass that it belongs to.';
COMMENT ON COLUMN rehome.verification_part.relation IS 'The table of the target, quoted and qualified.';
COMMENT ON COLUMN rehome.verification_part.number IS 'In the order of reading, from 0.';
COMMENT ON COLUMN rehome.verification_part.entity IS 'Whose rows on the source; NULL: those of the target.';
COMMENT ON COLUMN rehome.verification_part.low IS 'The place in the heap where it begins; NULL: open.';
COMMENT ON COLUMN rehome.verification_part.high IS 'The place where it ends; NULL: open.';
COMMENT ON COLUMN rehome.verification_part.buckets IS 'Buckets that have rows in it.';
COMMENT ON COLUMN rehome.verification_part.counts IS 'How many rows, by bucket.';
COMMENT ON COLUMN rehome.verification_part.sums IS 'The sum of the rows'' hashes, by bucket.';
COMMENT ON COLUMN rehome.verification_part.snapshot IS 'What was seen of the source, as in rehome.chunk.';

ALTER TABLE rehome.verification
    ADD COLUMN pass bigint,
    ADD COLUMN method text NOT NULL DEFAULT 'rows',
    ADD COLUMN source_snapshot text,
    ADD COLUMN target_snapshot text,
    ADD COLUMN holds_for timestamptz;
COMMENT ON COLUMN rehome.verification.pass IS 'Its rehome.verification_pass.';
COMMENT ON COLUMN rehome.verification.method IS 'As in rehome.verification_pass.';
COMMENT ON COLUMN rehome.verification.source_snapshot IS 'As in rehome.verification_pass.';
COMMENT ON COLUMN rehome.verification.target_snapshot IS 'As in rehome.verification_pass.';
COMMENT ON COLUMN rehome.verification.holds_for IS 'The time for which it holds: when its first part was read.';
