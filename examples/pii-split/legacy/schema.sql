-- What a finance application wrote down in its first years: who somebody is and what he does, side by side.

CREATE TABLE onboarding_responses (
    id            bigserial PRIMARY KEY,
    user_id       bigint,                  -- NULL: left before there was an account
    full_name     text,
    email         text,
    phone         text,
    address       text,
    date_of_birth date,
    answers       jsonb,
    submitted_at  timestamptz NOT NULL     -- a user may have answered several times
);
CREATE INDEX onboarding_responses_user_id ON onboarding_responses (user_id);

CREATE TABLE transactions (
    id             bigserial PRIMARY KEY,
    user_id        bigint,
    account_number text,                   -- with and without blanks
    amount         numeric(14,2),
    currency       text,                   -- "eur", " EUR ", "euros"
    category       text,                   -- a short list at first, then what people typed
    merchant       text,                   -- a shop, or the person who got the money
    description    text,                   -- anything
    raw            jsonb,                  -- what the bank sent
    created_at     timestamptz NOT NULL
);
CREATE INDEX transactions_user_id ON transactions (user_id, created_at);
