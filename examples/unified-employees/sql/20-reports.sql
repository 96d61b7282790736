-- What the reports ask for, computed once an hour. The unique indexes let them be refreshed while they are read.
CREATE MATERIALIZED VIEW audit_statistics AS
SELECT a.employee_id, a.scorecard_id, a.channel_id, e.department_id,
       count(*) AS audits, round(avg(a.total_score), 2) AS average_score, min(a.total_score) AS lowest_score, max(a.audited_at) AS last_audit_at
FROM audits AS a
JOIN employees AS e ON e.id = a.employee_id
GROUP BY 1, 2, 3, 4;
CREATE UNIQUE INDEX ON audit_statistics (employee_id, scorecard_id, channel_id);
CREATE INDEX ON audit_statistics (department_id, scorecard_id);

CREATE MATERIALIZED VIEW auditor_performance AS
SELECT auditor_id, count(*) AS audits, count(DISTINCT employee_id) AS employees, count(DISTINCT scorecard_id) AS scorecards,
       round(avg(total_score), 2) AS average_score, max(audited_at) AS last_audit_at
FROM audits
GROUP BY 1;
CREATE UNIQUE INDEX ON auditor_performance (auditor_id);
