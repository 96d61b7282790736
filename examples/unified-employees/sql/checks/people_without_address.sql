SELECT id
FROM people
WHERE coalesce(trim(email), '') = ''
