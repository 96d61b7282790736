-- The last step, weeks later, by hand; no rehome command runs it. There is no way back from here.
--
--     psql "$SOURCE_URL" -v ON_ERROR_STOP=1 -f sql/drop_old_tables.sql
--
-- What goes for good: description and raw of each transaction, the transactions that were set aside (rehome.reject), and the answers of
-- people without an account. Dump the two tables first if any of that may still be asked for.

BEGIN;
SET LOCAL lock_timeout = '5s';
LOCK TABLE transactions, onboarding_responses;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM rehome.migration WHERE name = 'pii-split' AND state = 'done' AND finished_at < now() - interval '14 days') THEN
        RAISE EXCEPTION 'the migration is not done, or has not been for two weeks';
    END IF;
    IF EXISTS (SELECT FROM rehome.check JOIN rehome.migration AS m ON m.id = migration WHERE m.name = 'pii-split' AND "check".state = 'failed') THEN
        RAISE EXCEPTION 'a check of the migration has failed: see rehome status';
    END IF;
    IF EXISTS (SELECT FROM transactions WHERE created_at > (SELECT max(finished_at) FROM rehome.migration WHERE name = 'pii-split')) THEN
        RAISE EXCEPTION 'somebody still writes to transactions';
    END IF;
    IF EXISTS (SELECT FROM onboarding_responses WHERE submitted_at > (SELECT max(finished_at) FROM rehome.migration WHERE name = 'pii-split')) THEN
        RAISE EXCEPTION 'somebody still writes to onboarding_responses';
    END IF;
END
$$;

DROP TABLE transactions;
DROP TABLE onboarding_responses;
DROP FUNCTION IF EXISTS old_table_is_closed();
COMMIT;
