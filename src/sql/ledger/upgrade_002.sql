-- The ledger, version 2: keys of tokens, feature flags.
ALTER TABLE rehome.migration ADD COLUMN key_check text;
COMMENT ON COLUMN rehome.migration.key_check IS 'Tells whether REHOME_TOKEN_KEY is the key of the runs before: the first 4 bytes of an HMAC of it. NULL: no SQL of the migration has needed a key.';
