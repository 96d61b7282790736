SELECT date_trunc('month', created_at)::date AS month, upper(trim(currency)) AS currency, count(*) AS facts, sum(amount) AS total,
       count(DISTINCT user_id) AS people
FROM transactions
WHERE user_id IS NOT NULL AND amount IS NOT NULL AND upper(trim(currency)) ~ '^[A-Z]{3}$'
GROUP BY 1, 2
ORDER BY 1, 2
