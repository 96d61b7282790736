-- The ledger, version 12: rows that differ and still change.
ALTER TABLE rehome.verification ADD COLUMN suspect bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN rehome.verification.suspect IS 'How many rows differed in every look at them and changed in between: somebody writes them. They are not among those missing, extra and different.';

ALTER TABLE rehome.difference ADD COLUMN suspect boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN rehome.difference.suspect IS 'It still changed when it was looked at for the last time.';
