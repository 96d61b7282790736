-- "Cross-scorecard query: not possible" before: one employee over all scorecards, in one query:
--     psql "$SOURCE_URL" -v email=zoe.angstrom@example.com -f document/4-across-scorecards.sql
SELECT s.name, count(*) AS audits, round(avg(a.total_score), 2) AS average_score
FROM audits AS a
JOIN employees AS e ON e.id = a.employee_id
JOIN scorecards AS s ON s.id = a.scorecard_id
WHERE e.email = :'email'
GROUP BY s.id
ORDER BY s.id;
