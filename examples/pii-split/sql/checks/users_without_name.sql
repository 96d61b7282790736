-- Users with transactions who have never told a name: L1 has their facts, L0 has nobody.
SELECT DISTINCT t.user_id
FROM transactions AS t
WHERE t.user_id IS NOT NULL
  AND NOT EXISTS (SELECT FROM onboarding_responses AS o WHERE o.user_id = t.user_id)
