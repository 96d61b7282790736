-- Answers of people who have left before there was an account. They belong to no user and stay in the old table.
SELECT count(*)
FROM onboarding_responses
WHERE user_id IS NULL
