-- People who can log in. The first argument of rehome.uuid() is a name that other SELECTs repeat when they refer to these rows:
-- rehome.uuid('profiles', …) in doctors.sql and messages.sql.
SELECT rehome.uuid('profiles', u.id) AS id,
       CASE WHEN u.is_staff THEN 'staff' WHEN d.id IS NOT NULL THEN 'doctor' ELSE 'user' END AS role,
       nullif(lower(trim(u.email)), '') AS email,
       coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username) AS full_name,
       u.id AS legacy_user_id,
       u.is_active,
       u.date_joined AS created_at,
       u.last_login AS last_seen_at
  FROM auth_user u
  LEFT JOIN dispatch_doctor d ON d.user_id = u.id
