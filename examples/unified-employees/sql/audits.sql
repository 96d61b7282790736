-- One scorecard's table. Its columns that all such tables have become columns, all others become parameter_scores, whatever they
-- are called: {"field_id_10": 2, "field_id_11": 0}. What was not scored is left out.
SELECT :scorecard_id AS scorecard_id,
       a.id AS legacy_id,
       e.id AS employee_id,
       r.id AS auditor_id,
       c.id AS channel_id,
       a.audit_date AT TIME ZONE 'UTC' AS audited_at,
       a.total_score,
       nullif(a.comments, '') AS comments,
       jsonb_strip_nulls(to_jsonb(a) - '{id,employee_email,auditor_email,audit_date,total_score,comments}'::text[]) AS parameter_scores
FROM :"table_name" AS a
LEFT JOIN employees AS e ON e.email = lower(trim(a.employee_email))
LEFT JOIN employees AS r ON r.email = lower(trim(a.auditor_email))
LEFT JOIN channels AS c ON c.name = :'channel'
