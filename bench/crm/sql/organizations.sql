SELECT left(translate(encode(sha256(id::text::bytea), 'base64'), '+/', '-_'), 21) AS id,
       name,
       created_at AT TIME ZONE 'UTC' AS created_at
FROM legacy.companies
