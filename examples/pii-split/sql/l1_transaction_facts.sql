-- A transaction without anything that somebody has typed: description and raw stay behind, category and merchant come from lists.
-- The application makes the same ids for what it writes: README.md says how.
SELECT rehome.uuid('transaction', t.id) AS id,
       rehome.token('user', t.user_id) AS user_token,
       rehome.token('account', replace(t.account_number, ' ', '')) AS account_token,
       t.amount,
       substring(upper(trim(t.currency)) FROM '^[A-Z]{3}$') AS currency,
       CASE WHEN lower(trim(t.category)) IN ('food', 'rent', 'salary', 'travel', 'health', 'transfer') THEN lower(trim(t.category))
            WHEN t.category LIKE 'loan to %' THEN 'transfer'
            ELSE 'other' END AS category,
       m.name AS merchant,
       t.created_at AS occurred_at,
       'history' AS origin
FROM transactions AS t
LEFT JOIN l1_merchants AS m ON lower(m.name) = lower(trim(t.merchant))
