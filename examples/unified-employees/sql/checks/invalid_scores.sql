-- Every key is a field of the audit's scorecard, and every value a whole number that the field allows.
SELECT a.id, s.key
FROM audits AS a
CROSS JOIN LATERAL jsonb_each(a.parameter_scores) AS s
LEFT JOIN scorecard_fields AS f ON f.scorecard_id = a.scorecard_id AND f.field_id = s.key
WHERE CASE WHEN f.field_id IS NULL OR jsonb_typeof(s.value) <> 'number' THEN true
           ELSE s.value::numeric NOT BETWEEN 0 AND f.max_score OR s.value::numeric % 1 <> 0 END
LIMIT 20
