-- The report by department, as the application made it: one query for each scorecard's table, joined by what people typed.
SELECT 'email_audit', lower(trim(p.department)), count(*), avg(a.total_score)
FROM email_audit AS a JOIN people AS p ON lower(trim(p.email)) = lower(trim(a.employee_email))
GROUP BY 2;
SELECT 'chat_audit', lower(trim(p.department)), count(*), avg(a.total_score)
FROM chat_audit AS a JOIN people AS p ON lower(trim(p.email)) = lower(trim(a.employee_email))
GROUP BY 2;
SELECT 'call_audit', lower(trim(p.department)), count(*), avg(a.total_score)
FROM call_audit AS a JOIN people AS p ON lower(trim(p.email)) = lower(trim(a.employee_email))
GROUP BY 2;
SELECT 'social_audit', lower(trim(p.department)), count(*), avg(a.total_score)
FROM social_audit AS a JOIN people AS p ON lower(trim(p.email)) = lower(trim(a.employee_email))
GROUP BY 2;
SELECT 'billing_audit', lower(trim(p.department)), count(*), avg(a.total_score)
FROM billing_audit AS a JOIN people AS p ON lower(trim(p.email)) = lower(trim(a.employee_email))
GROUP BY 2;
SELECT 'refund_audit', lower(trim(p.department)), count(*), avg(a.total_score)
FROM refund_audit AS a JOIN people AS p ON lower(trim(p.email)) = lower(trim(a.employee_email))
GROUP BY 2;
SELECT 'onboarding_audit', lower(trim(p.department)), count(*), avg(a.total_score)
FROM onboarding_audit AS a JOIN people AS p ON lower(trim(p.email)) = lower(trim(a.employee_email))
GROUP BY 2;
SELECT 'escalation_audit', lower(trim(p.department)), count(*), avg(a.total_score)
FROM escalation_audit AS a JOIN people AS p ON lower(trim(p.email)) = lower(trim(a.employee_email))
GROUP BY 2;
SELECT 'compliance_audit', lower(trim(p.department)), count(*), avg(a.total_score)
FROM compliance_audit AS a JOIN people AS p ON lower(trim(p.email)) = lower(trim(a.employee_email))
GROUP BY 2;
SELECT 'sales_audit', lower(trim(p.department)), count(*), avg(a.total_score)
FROM sales_audit AS a JOIN people AS p ON lower(trim(p.email)) = lower(trim(a.employee_email))
GROUP BY 2;
SELECT 'retention_audit', lower(trim(p.department)), count(*), avg(a.total_score)
FROM retention_audit AS a JOIN people AS p ON lower(trim(p.email)) = lower(trim(a.employee_email))
GROUP BY 2;
SELECT 'outage_audit', lower(trim(p.department)), count(*), avg(a.total_score)
FROM outage_audit AS a JOIN people AS p ON lower(trim(p.email)) = lower(trim(a.employee_email))
GROUP BY 2;
