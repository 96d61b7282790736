SELECT u.id
FROM users AS u
WHERE trim(u.email) <> '' AND NOT EXISTS (SELECT FROM employees AS e WHERE e.email = lower(trim(u.email)))
