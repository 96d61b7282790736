-- The ledger, version 18: what a verification has summed up is kept, so that the next one reads only what was written to.
ALTER TABLE rehome.verification_pass DROP CONSTRAINT verification_pass_method_check;
ALTER TABLE rehome.verification_pass ADD CONSTRAINT verification_pass_method_check CHECK (method IN ('rows', 'changed', 'fast', 'sample'));
COMMENT ON COLUMN rehome.verification_pass.method IS 'rows: every row of both sides; changed: those parts of both sides again that were written to since; fast: counts and sums; sample: some rows.';
COMMENT ON COLUMN rehome.verification_pass.parts_kept IS 'How many of them were not read: by an earlier process that did not come to the end, or nobody has written to them since they were.';

ALTER TABLE rehome.verification_table ADD COLUMN moved text NOT NULL DEFAULT '';
COMMENT ON TABLE rehome.verification_table IS 'Tables of a verification that is under way, and of the last one that ended: how their rows are put into buckets.';
COMMENT ON COLUMN rehome.verification_table.moved IS 'How many chunks were moved and when the last one was: after a kill, parts are used only if that is still so.';

ALTER TABLE rehome.verification_part ADD COLUMN versions text;
ALTER TABLE rehome.verification_part DROP CONSTRAINT verification_part_pass_relation_fkey;
ALTER TABLE rehome.verification_part ADD CONSTRAINT verification_part_pass_relation_fkey
    FOREIGN KEY (pass, relation) REFERENCES rehome.verification_table ON UPDATE CASCADE ON DELETE CASCADE;
COMMENT ON TABLE rehome.verification_part IS 'Parts of both sides of a verification that is under way, and of the last one that ended: what their rows sum up to.';
COMMENT ON COLUMN rehome.verification_part.versions IS 'Hash of the versions of the rows that were read, and of what else decides: while it is the same, so are the sums. NULL: nobody can tell.';
