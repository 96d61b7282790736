-- One row per user: of each column the newest answer that is not blank, and all answers in a row.
SELECT user_id,
       rehome.token('user', user_id) AS user_token,
       (array_agg(trim(full_name) ORDER BY submitted_at DESC, id DESC) FILTER (WHERE trim(full_name) <> ''))[1] AS full_name,
       (array_agg(lower(trim(email)) ORDER BY submitted_at DESC, id DESC) FILTER (WHERE trim(email) <> ''))[1] AS email,
       (array_agg(trim(phone) ORDER BY submitted_at DESC, id DESC) FILTER (WHERE trim(phone) <> ''))[1] AS phone,
       (array_agg(trim(address) ORDER BY submitted_at DESC, id DESC) FILTER (WHERE trim(address) <> ''))[1] AS address,
       (array_agg(date_of_birth ORDER BY submitted_at DESC, id DESC) FILTER (WHERE date_of_birth IS NOT NULL))[1] AS date_of_birth,
       jsonb_agg(coalesce(answers, '{}') ORDER BY submitted_at, id) AS answers,
       max(submitted_at) AS responded_at,
       'history' AS origin
FROM onboarding_responses
GROUP BY user_id
