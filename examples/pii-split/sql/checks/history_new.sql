-- The facts that come from old transactions, and no others.
SELECT date_trunc('month', f.occurred_at)::date AS month, f.currency, count(*) AS facts, sum(f.amount) AS total,
       count(DISTINCT f.user_token) AS people
FROM l1_transaction_facts AS f
JOIN transactions AS t ON f.id = rehome.uuid('transaction', t.id)
GROUP BY 1, 2
ORDER BY 1, 2
