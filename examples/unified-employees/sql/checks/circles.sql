-- Employees whose managers never end at somebody without a manager: they report to each other in a circle.
SELECT e.id
FROM employees AS e
WHERE NOT EXISTS (SELECT FROM org_chart AS c WHERE c.id = e.id)
LIMIT 20
