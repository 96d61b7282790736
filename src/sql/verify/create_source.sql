-- Rows of the source that may differ: which entity gave them, hash of the key, hash of the row, key as text, the driving key as text where it is shown.
CREATE TEMPORARY TABLE rehome_source (entity integer NOT NULL, kh bigint NOT NULL, h bigint NOT NULL, key text[] NOT NULL, driving text[])
