SELECT DISTINCT lower(trim(role)) AS name
FROM (SELECT role FROM users UNION ALL SELECT role FROM people) AS typed
WHERE trim(role) <> ''
