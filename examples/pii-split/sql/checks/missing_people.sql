SELECT o.user_id
FROM onboarding_responses AS o
LEFT JOIN l0_pii_users AS u ON u.user_id = o.user_id AND u.user_token = rehome.token('user', o.user_id)
WHERE o.user_id IS NOT NULL AND u.user_id IS NULL
