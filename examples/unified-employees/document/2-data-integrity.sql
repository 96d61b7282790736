-- "Validate data integrity": every count has to be 0.
SELECT 'users lost' AS issue, count(*) AS count
FROM users WHERE trim(email) <> '' AND lower(trim(email)) NOT IN (SELECT email FROM employees)
UNION ALL
SELECT 'people lost', count(*)
FROM people WHERE trim(email) <> '' AND lower(trim(email)) NOT IN (SELECT email FROM employees)
UNION ALL
SELECT 'addresses twice', count(*) - count(DISTINCT lower(trim(email))) FROM employees
UNION ALL
SELECT 'audits without employee', count(*) FROM audits AS a LEFT JOIN employees AS e ON e.id = a.employee_id WHERE e.id IS NULL
UNION ALL
SELECT 'audits without auditor', count(*) FROM audits AS a LEFT JOIN employees AS e ON e.id = a.auditor_id WHERE e.id IS NULL
UNION ALL
SELECT 'assignments of nobody', count(*) FROM audit_assignments AS a LEFT JOIN employees AS e ON e.id = a.employee_id WHERE e.id IS NULL
UNION ALL
SELECT 'notifications of nobody', count(*) FROM notifications AS n LEFT JOIN employees AS e ON e.id = n.employee_id WHERE e.id IS NULL
UNION ALL
SELECT 'foreign keys not validated', count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated;
