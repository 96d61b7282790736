-- A fresh nanoid, made from the company's uuid and your key: every table and every run gets the same one.
-- created_at has no time zone. A bare ::timestamptz would take the session's; the old CRM meant UTC.
SELECT rehome.nanoid('organizations', id) AS id,
       name,
       created_at AT TIME ZONE 'UTC' AS created_at,
       coalesce(updated_at, created_at) AT TIME ZONE 'UTC' AS updated_at
FROM companies
