-- Rows of the target that may differ: which entity they count for, hash of the key, hash of the row, key as text.
CREATE TEMPORARY TABLE rehome_target (entity integer NOT NULL, kh bigint NOT NULL, h bigint NOT NULL, key text[] NOT NULL)
