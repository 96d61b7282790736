SELECT DISTINCT upper(trim(country)) AS code
FROM (SELECT country FROM users UNION ALL SELECT country FROM people) AS typed
WHERE trim(country) <> ''
