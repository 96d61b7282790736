-- Whose scores differ most between scorecards? Nothing that the old schema could be asked.
SELECT employee_id, max(average_score) - min(average_score) AS spread
FROM audit_statistics
GROUP BY 1
ORDER BY 2 DESC, 1
LIMIT 10;
