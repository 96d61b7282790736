SELECT id,
       left(translate(encode(sha256(company_id::text::bytea), 'base64'), '+/', '-_'), 21) AS organization_id,
       name,
       conditions,
       created_at AT TIME ZONE 'UTC' AS created_at
FROM segments
