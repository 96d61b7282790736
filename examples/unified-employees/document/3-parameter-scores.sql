-- "JSONB parameter_scores structure validated": {"field_id": whole number}, each a field of the audit's own scorecard.
SELECT s.table_name, count(*) AS scores, count(DISTINCT k.key) AS fields,
       count(*) FILTER (WHERE jsonb_typeof(k.value) <> 'number' OR f.field_id IS NULL) AS invalid
FROM audits AS a
JOIN scorecards AS s ON s.id = a.scorecard_id
CROSS JOIN LATERAL jsonb_each(a.parameter_scores) AS k
LEFT JOIN scorecard_fields AS f ON f.scorecard_id = a.scorecard_id AND f.field_id = k.key
GROUP BY s.id
ORDER BY s.id;
