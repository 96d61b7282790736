-- The ledger, version 2: keys of tokens, feature flags.
ALTER TABLE rehome.migration ADD COLUMN key_check text;
COMMENT ON COLUMN rehome.migration.key_check IS 'Tells whether REHOME_TOKEN_KEY is the key of the runs before: the first 4 bytes of an HMAC of it. NULL: no SQL of the migration has needed a key.';

CREATE TABLE rehome.flag (
    name text PRIMARY KEY,
    value boolean NOT NULL,
    migration text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by text NOT NULL DEFAULT session_user
);
COMMENT ON TABLE rehome.flag IS 'Feature flags of the migrations, for applications: SELECT rehome.flag(''NAME''). A run adds flags and never changes one.';
COMMENT ON COLUMN rehome.flag.migration IS 'Name of the migration that brought it.';
COMMENT ON COLUMN rehome.flag.changed_at IS 'When it was added or last set.';
COMMENT ON COLUMN rehome.flag.changed_by IS 'The role that added it or last set it.';

CREATE FUNCTION rehome.flag(name text) RETURNS boolean STABLE PARALLEL SAFE SECURITY DEFINER LANGUAGE sql
SET search_path = pg_catalog, pg_temp AS 'SELECT f.value FROM rehome.flag f WHERE f.name = $1';
COMMENT ON FUNCTION rehome.flag(text) IS 'The value of a feature flag; NULL when there is none of that name. Any role may call it.';
GRANT EXECUTE ON FUNCTION rehome.flag(text) TO PUBLIC;
