-- The new schema, empty. Run it by hand when the application's new code goes out (psql -f), days before the migration if need be;
-- rehome runs it too, and finds it there.

-- L0: who somebody is. The only place with personal data; grant it to the few who need it.
CREATE TABLE IF NOT EXISTS l0_pii_users (
    user_id       bigint PRIMARY KEY,
    user_token    text NOT NULL UNIQUE,       -- what L1 and L2 know him by
    full_name     text,
    email         text,
    phone         text,
    address       text,
    date_of_birth date,
    answers       jsonb NOT NULL,             -- all that he has answered, oldest first
    responded_at  timestamptz NOT NULL,
    origin        text NOT NULL DEFAULT 'application' CHECK (origin IN ('application', 'history'))    -- as below
);

-- The merchants that may be named. What else stands in that field may be a person.
CREATE TABLE IF NOT EXISTS l1_merchants (
    name text PRIMARY KEY
);
CREATE UNIQUE INDEX IF NOT EXISTS l1_merchants_name ON l1_merchants (lower(name));

-- L1: what was done, by tokens. No free text: each column has a short list or a form of its own.
-- No foreign key to L0: somebody can be forgotten there, and his transactions stay, as nobody's.
CREATE TABLE IF NOT EXISTS l1_transaction_facts (
    id            uuid PRIMARY KEY,
    user_token    text NOT NULL CHECK (user_token ~ '^[0-9a-f]{32}$'),
    account_token text CHECK (account_token ~ '^[0-9a-f]{32}$'),
    amount        numeric(14,2) NOT NULL,
    currency      text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    category      text NOT NULL CHECK (category IN ('food', 'rent', 'salary', 'travel', 'health', 'transfer', 'other')),
    merchant      text REFERENCES l1_merchants (name),
    occurred_at   timestamptz NOT NULL,
    origin        text NOT NULL DEFAULT 'application' CHECK (origin IN ('application', 'history')),    -- history: transactions has it too
    recorded_at   timestamptz NOT NULL DEFAULT now()    -- when it came into this table
);
CREATE INDEX IF NOT EXISTS l1_transaction_facts_user ON l1_transaction_facts (user_token, occurred_at);

-- L2: sums. With a unique index each, so that they can be refreshed while they are read.
CREATE MATERIALIZED VIEW IF NOT EXISTS l2_daily AS
SELECT (occurred_at AT TIME ZONE 'UTC')::date AS day, currency, category,
       count(*) AS facts, count(DISTINCT user_token) AS people, sum(amount) AS total
FROM l1_transaction_facts
GROUP BY 1, 2, 3;
CREATE UNIQUE INDEX IF NOT EXISTS l2_daily_key ON l2_daily (day, currency, category);

CREATE MATERIALIZED VIEW IF NOT EXISTS l2_monthly AS
SELECT date_trunc('month', day)::date AS month, currency, category, sum(facts) AS facts, sum(total) AS total
FROM l2_daily
GROUP BY 1, 2, 3;
CREATE UNIQUE INDEX IF NOT EXISTS l2_monthly_key ON l2_monthly (month, currency, category);
