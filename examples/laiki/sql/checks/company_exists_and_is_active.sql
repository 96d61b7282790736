-- Companies that were asked for and do not exist, or have left. They would move nothing, without a word.
SELECT wanted
FROM unnest(:'company'::uuid[]) AS wanted
WHERE NOT EXISTS (SELECT FROM companies WHERE id = wanted AND active)
