-- Accounts. The address is what makes an account and a directory entry one person, once it is written one way.
SELECT nullif(lower(trim(u.email)), '') AS email,
       u.id AS user_id,
       u.name AS full_name,
       r.id AS role_id,
       upper(nullif(trim(u.country), '')) AS country,
       u.employee_no,
       nullif(trim(u.phone), '') AS phone,
       u.is_admin,
       u.password_hash,
       u.last_login,
       u.created_at,
       u.updated_at
FROM users AS u
LEFT JOIN roles AS r ON r.name = lower(trim(u.role))
