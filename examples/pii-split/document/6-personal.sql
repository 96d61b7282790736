-- PII queries: use L0. Who is behind a token, for those who may ask.
SELECT user_id, full_name, email FROM l0_pii_users ORDER BY user_id LIMIT 10;
