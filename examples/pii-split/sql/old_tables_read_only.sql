-- From the day of the migration on, the old tables are a backup: whoever still writes to them is told, and nothing is lost unseen.
--
--     psql "$SOURCE_URL" -v ON_ERROR_STOP=1 -f sql/old_tables_read_only.sql

BEGIN;
SET LOCAL lock_timeout = '5s';
CREATE OR REPLACE FUNCTION old_table_is_closed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is a backup since it was migrated', TG_TABLE_NAME
        USING HINT = 'Transactions go to l1_transaction_facts, personal data to l0_pii_users.';
END
$$;
CREATE OR REPLACE TRIGGER closed BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON transactions
    FOR EACH STATEMENT EXECUTE FUNCTION old_table_is_closed();
CREATE OR REPLACE TRIGGER closed BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON onboarding_responses
    FOR EACH STATEMENT EXECUTE FUNCTION old_table_is_closed();
COMMIT;
