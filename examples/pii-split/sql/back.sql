-- The way back: the application's code goes back to the old tables, and what it has written to the new ones in the meantime comes along.
-- Stop what writes to the new tables before, start the old code after.
--
--     psql "$SOURCE_URL" -v ON_ERROR_STOP=1 -f sql/back.sql
--
-- What L1 does not know (account number, description) the old table does not get back. Who has answered since (responded_at) gets a new
-- answer in the old table.

BEGIN;
SET LOCAL lock_timeout = '5s';
LOCK TABLE l0_pii_users, l1_transaction_facts;
DROP TRIGGER IF EXISTS closed ON transactions;
DROP TRIGGER IF EXISTS closed ON onboarding_responses;
DROP FUNCTION IF EXISTS old_table_is_closed();

DO $$
DECLARE
    nobodys bigint := (SELECT count(*) FROM l1_transaction_facts AS f
                       WHERE origin = 'application' AND NOT EXISTS (SELECT FROM l0_pii_users AS u WHERE u.user_token = f.user_token));
BEGIN
    IF nobodys > 0 THEN
        RAISE EXCEPTION '% new facts belong to users that L0 does not have, so nobody knows whose they are', nobodys
            USING HINT = 'Write these users to l0_pii_users first, or delete the facts.';
    END IF;
END
$$;

INSERT INTO onboarding_responses (user_id, full_name, email, phone, address, date_of_birth, answers, submitted_at)
SELECT user_id, full_name, email, phone, address, date_of_birth, answers -> -1, responded_at
FROM l0_pii_users AS u
WHERE NOT EXISTS (SELECT FROM onboarding_responses AS o WHERE o.user_id = u.user_id AND o.submitted_at >= u.responded_at);

INSERT INTO transactions (user_id, amount, currency, category, merchant, created_at)
SELECT u.user_id, f.amount, f.currency, f.category, f.merchant, f.occurred_at
FROM l1_transaction_facts AS f
JOIN l0_pii_users AS u USING (user_token)
WHERE f.origin = 'application';

DROP MATERIALIZED VIEW l2_monthly;
DROP MATERIALIZED VIEW l2_daily;
DROP TABLE l1_transaction_facts;
DROP TABLE l1_merchants;
DROP TABLE l0_pii_users;
DELETE FROM rehome.migration WHERE name = 'pii-split';    -- so that rehome run can begin anew
COMMIT;
