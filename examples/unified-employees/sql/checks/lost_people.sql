SELECT p.id
FROM people AS p
WHERE trim(p.email) <> '' AND NOT EXISTS (SELECT FROM employees AS e WHERE e.email = lower(trim(p.email)))
