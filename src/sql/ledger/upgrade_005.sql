-- The ledger, version 5: rows that the target refuses, what people decide about rejects, and chunks that correct books.
ALTER TABLE rehome.reject
    ADD COLUMN driving_row jsonb,
    ADD COLUMN attempt integer NOT NULL DEFAULT 1,
    ADD COLUMN fingerprint text,
    ADD COLUMN parked jsonb,
    ADD COLUMN waived_by text,
    ADD COLUMN waived_at timestamptz,
    ADD COLUMN waived_because text;
COMMENT ON COLUMN rehome.reject.reason IS 'Name of the rule in the manifest, lossy:COLUMN for a value that would have lost something, or KIND:NAME for a row that the target refused: not_null:COLUMN, unique:CONSTRAINT.';
COMMENT ON COLUMN rehome.reject.budgeted IS 'Counts against a budget, 0 where the manifest gives none; rows of the manifest''s own rules do only when these have one.';
COMMENT ON COLUMN rehome.reject.driving_row IS 'The row of the driving table, as the source holds it.';
COMMENT ON COLUMN rehome.reject.attempt IS 'How often it was tried.';
COMMENT ON COLUMN rehome.reject.fingerprint IS 'Of the entity when the row was rejected: what the manifest said then.';
COMMENT ON COLUMN rehome.reject.parked IS 'Key of the rejected row that this one refers to: it comes along when that one is retried. NULL: it was rejected for its own sake.';
COMMENT ON COLUMN rehome.reject.sqlstate IS 'What the server said when it refused the row; NULL: rehome set it aside.';
COMMENT ON COLUMN rehome.reject.message IS 'The server''s words, without values.';
COMMENT ON COLUMN rehome.reject.waived_by IS 'The role that takes responsibility for leaving the row behind; then it counts against no budget.';
COMMENT ON COLUMN rehome.reject.waived_at IS 'When that was.';
COMMENT ON COLUMN rehome.reject.waived_because IS 'Why, in that person''s words.';

ALTER TABLE rehome.entity ADD COLUMN budgets jsonb;
COMMENT ON COLUMN rehome.entity.budgets IS 'How many rejects the manifest allows: "max_rejects" and, by name, "reasons"; a number, or a text such as "0.5%". What is not there has budget 0.';

-- What was counted before, and no longer holds: rows taken out again at a unique index, rejects brought in later.
ALTER TABLE rehome.chunk
    DROP CONSTRAINT chunk_method_check,
    ADD CONSTRAINT chunk_method_check CHECK (method IN ('key', 'ctid', 'one', 'keys'));
COMMENT ON COLUMN rehome.chunk.method IS 'What low and high are: key, values of the driving table''s key; ctid, places in its heap; one, the whole entity; keys, none: it corrects the books of chunks before it, so its numbers may be negative.';

CREATE OR REPLACE VIEW rehome.migration_progress AS
SELECT m.name AS migration, e.name AS entity_type,
       coalesce(sum(c.read), 0)::bigint AS total_records,
       coalesce(sum(c.written + c.unchanged + c.merged), 0)::bigint AS migrated_records,
       coalesce(sum(c.rejected), 0)::bigint AS error_records,
       max(c.done_at) AS last_run,
       count(c.id) FILTER (WHERE c.method <> 'keys') AS chunks,
       count(c.id) FILTER (WHERE c.method <> 'keys' AND c.state = 'done') AS chunks_done
  FROM rehome.migration m
  JOIN rehome.entity e ON e.migration = m.id
  LEFT JOIN rehome.chunk c ON c.migration = e.migration AND c.entity = e.name
 GROUP BY m.id, m.name, e.name;
