-- L2 says what L1 says, up to last month: this month's facts may have come after the refresh.
SELECT coalesce(l1.month, l2.month) AS month
FROM (
    SELECT date_trunc('month', occurred_at AT TIME ZONE 'UTC')::date AS month, count(*) AS facts, sum(amount) AS total
    FROM l1_transaction_facts
    GROUP BY 1
) AS l1
FULL JOIN (
    SELECT month, sum(facts) AS facts, sum(total) AS total
    FROM l2_monthly
    GROUP BY 1
) AS l2 USING (month)
WHERE month < date_trunc('month', now())
  AND (l1.facts, l1.total) IS DISTINCT FROM (l2.facts, l2.total)
