SELECT id,
       rehome.nanoid('organizations', company_id) AS organization_id,
       name,
       nullif(trim(label), '') AS label,
       type,
       coalesce(options, '[]') AS options,
       created_at AT TIME ZONE 'UTC' AS created_at
FROM leads_custom_fields_definitions
