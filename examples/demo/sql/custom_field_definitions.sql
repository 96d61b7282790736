SELECT id,
       left(translate(encode(sha256(company_id::text::bytea), 'base64'), '+/', '-_'), 21) AS organization_id,
       key,
       nullif(trim(label), '') AS label,
       CASE kind WHEN 'string' THEN 'text' WHEN 'int' THEN 'number' WHEN 'date' THEN 'date' WHEN 'select' THEN 'choice' END AS type,
       array_remove(coalesce(options, '{}'), NULL) AS options,
       created_at AT TIME ZONE 'UTC' AS created_at
FROM leads_custom_fields_definitions
