-- The facts that come from old transactions, and no others.
SELECT date_trunc('month', occurred_at)::date AS month, currency, count(*) AS facts, sum(amount) AS total,
       count(DISTINCT user_token) AS people
FROM l1_transaction_facts
WHERE origin = 'history'
GROUP BY 1, 2
ORDER BY 1, 2
