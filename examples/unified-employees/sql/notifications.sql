SELECT n.id,
       e.id AS employee_id,
       n.message,
       coalesce(n."isRead", false) AS is_read,
       n."createdAt" AT TIME ZONE 'UTC' AS created_at
FROM "Notifications" AS n
LEFT JOIN employees AS e ON e.email = lower(trim(n."userEmail"))
