-- The ledger, version 11: what a report tells of runs, entities and proofs.
ALTER TABLE rehome.run
    ADD COLUMN target text,
    ADD COLUMN source_version text,
    ADD COLUMN target_version text,
    ADD COLUMN dump text,
    ADD COLUMN files jsonb NOT NULL DEFAULT '[]';
COMMENT ON COLUMN rehome.run.target IS 'Address of the target, without password.';
COMMENT ON COLUMN rehome.run.source_version IS 'Version of the source''s server, as it says it.';
COMMENT ON COLUMN rehome.run.target_version IS 'The same of the target''s.';
COMMENT ON COLUMN rehome.run.dump IS 'The dump that the source was restored from; NULL: the source is a server.';
COMMENT ON COLUMN rehome.run.files IS 'The migration''s files as this run has read them: {"file", "sha256"}; sha256sum prints the same.';

ALTER TABLE rehome.entity
    ADD COLUMN reads text[] NOT NULL DEFAULT '{}',
    ADD COLUMN write text,
    ADD COLUMN texts text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN rehome.entity.reads IS 'The tables under `from` of the manifest; of a merge those of all its sources.';
COMMENT ON COLUMN rehome.entity.write IS 'insert, upsert, skip or replace, as it was decided.';
COMMENT ON COLUMN rehome.entity.texts IS 'Where its SQL is written: files, or lines of migration.yaml. Nothing: the columns that both sides have by name.';

ALTER TABLE rehome.verification ADD COLUMN verified_by text DEFAULT session_user;
COMMENT ON COLUMN rehome.verification.verified_by IS 'The role on the target that compared.';
