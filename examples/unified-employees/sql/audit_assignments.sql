SELECT a.id,
       s.id AS scorecard_id,
       r.id AS auditor_id,
       e.id AS employee_id,
       a."dueDate"::date AS due_on,
       coalesce(lower(trim(a.status)), 'open') AS status
FROM "auditAssignments" AS a
LEFT JOIN scorecards AS s ON s.table_name = a."scorecardTable"
LEFT JOIN employees AS r ON r.email = lower(trim(a."auditorEmail"))
LEFT JOIN employees AS e ON e.email = lower(trim(a."employeeEmail"))
