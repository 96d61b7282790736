-- Test analytics queries: tokenised ids are enough. What was spent in a category in a month, and by how many people.
SELECT to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month, category, currency,
       count(*) AS facts, count(DISTINCT user_token) AS people, -sum(amount) AS spent
FROM l1_transaction_facts
WHERE amount < 0
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3;
