-- "Compare record counts": what was there, what became of it. Fewer on the right is rows of one person and what
-- was set aside: `rehome status` counts both.
SELECT 'accounts' AS what, (SELECT count(*) FROM users) AS old, (SELECT count(*) FROM employees WHERE user_id IS NOT NULL) AS new
UNION ALL
SELECT 'directory', (SELECT count(*) FROM people), (SELECT count(*) FROM employees WHERE person_id IS NOT NULL)
UNION ALL
SELECT 'persons', (SELECT count(*) FROM (SELECT lower(trim(email)) FROM users UNION SELECT lower(trim(email)) FROM people WHERE trim(email) <> '') AS p),
       (SELECT count(*) FROM employees)
UNION ALL
SELECT s.table_name, (xpath('//n/text()', query_to_xml(format('SELECT count(*) AS n FROM %I', s.table_name), false, true, '')))[1]::text::bigint,
       (SELECT count(*) FROM audits AS a WHERE a.scorecard_id = s.id)
FROM scorecards AS s
UNION ALL
SELECT 'assignments', (SELECT count(*) FROM "auditAssignments"), (SELECT count(*) FROM audit_assignments)
UNION ALL
SELECT 'notifications', (SELECT count(*) FROM "Notifications"), (SELECT count(*) FROM notifications);
