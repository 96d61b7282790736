-- The same by hand: a UNION that has to be rewritten whenever somebody makes a scorecard.
SELECT lower(trim(employee_email)), max(score) - min(score)
FROM (
    SELECT employee_email, 'email' AS scorecard, avg(total_score) AS score FROM email_audit GROUP BY 1
    UNION ALL
    SELECT employee_email, 'chat' AS scorecard, avg(total_score) AS score FROM chat_audit GROUP BY 1
    UNION ALL
    SELECT employee_email, 'call' AS scorecard, avg(total_score) AS score FROM call_audit GROUP BY 1
    UNION ALL
    SELECT employee_email, 'social' AS scorecard, avg(total_score) AS score FROM social_audit GROUP BY 1
    UNION ALL
    SELECT employee_email, 'billing' AS scorecard, avg(total_score) AS score FROM billing_audit GROUP BY 1
    UNION ALL
    SELECT employee_email, 'refund' AS scorecard, avg(total_score) AS score FROM refund_audit GROUP BY 1
    UNION ALL
    SELECT employee_email, 'onboarding' AS scorecard, avg(total_score) AS score FROM onboarding_audit GROUP BY 1
    UNION ALL
    SELECT employee_email, 'escalation' AS scorecard, avg(total_score) AS score FROM escalation_audit GROUP BY 1
    UNION ALL
    SELECT employee_email, 'compliance' AS scorecard, avg(total_score) AS score FROM compliance_audit GROUP BY 1
    UNION ALL
    SELECT employee_email, 'sales' AS scorecard, avg(total_score) AS score FROM sales_audit GROUP BY 1
    UNION ALL
    SELECT employee_email, 'retention' AS scorecard, avg(total_score) AS score FROM retention_audit GROUP BY 1
    UNION ALL
    SELECT employee_email, 'outage' AS scorecard, avg(total_score) AS score FROM outage_audit GROUP BY 1
) AS one
GROUP BY 1
ORDER BY 2 DESC, 1
LIMIT 10;
