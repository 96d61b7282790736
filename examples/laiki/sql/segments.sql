SELECT id,
       rehome.nanoid('organizations', company_id) AS organization_id,
       name,
       conditions,
       created_at AT TIME ZONE 'UTC' AS created_at
FROM segments
