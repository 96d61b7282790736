-- The ledger, version 10: what the chunks of an entity prove together.
ALTER TABLE rehome.chunk ADD COLUMN snapshot text;
COMMENT ON COLUMN rehome.chunk.snapshot IS 'What its transaction on the source saw: chunks with the same text have seen the same rows. NULL: nobody can tell, because each chunk sees another state (inside one database) or the source is a standby.';

ALTER TABLE rehome.verification ADD COLUMN complaints text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN rehome.verification.complaints IS 'What speaks against the entity''s chunks: keys that no chunk or two of them cover, a chunk that is not done or does not balance, driving rows that no chunk has read.';

COMMENT ON COLUMN rehome.undo.inserted IS 'How many rows were inserted.';
COMMENT ON COLUMN rehome.undo.updated IS 'How many rows were changed.';
