-- The ledger, version 19: what a chunk's rows sum up to as they were sent, so that the source need not be read again to verify them.
ALTER TABLE rehome.chunk ADD COLUMN row_sum bigint;
COMMENT ON COLUMN rehome.chunk.row_sum IS 'Sum, modulo 2^64 as a signed number, of the hashes of its rows as they were sent: what verification computes of the target''s rows. NULL: they were not summed.';
COMMENT ON COLUMN rehome.verification.method IS 'As in rehome.verification_pass; sent: every row of the target against what was summed up as the rows were sent, while the source still is as it was.';
