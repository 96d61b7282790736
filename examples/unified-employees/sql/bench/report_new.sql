-- One query, over what is computed once an hour.
SELECT s.table_name, d.name, sum(a.audits), sum(a.audits * a.average_score) / sum(a.audits)
FROM audit_statistics AS a
JOIN scorecards AS s ON s.id = a.scorecard_id
LEFT JOIN departments AS d ON d.id = a.department_id
GROUP BY 1, 2;
