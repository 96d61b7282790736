-- The new id is made from the old one, so that every run and every table gives the same: 21 characters, as nanoid makes them.
SELECT left(translate(encode(sha256(id::text::bytea), 'base64'), '+/', '-_'), 21) AS id,
       id AS legacy_id,
       name,
       created_at AT TIME ZONE 'UTC' AS created_at,
       coalesce(updated_at, created_at) AT TIME ZONE 'UTC' AS updated_at
FROM companies
