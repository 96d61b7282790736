WITH RECURSIVE t AS (
  SELECT employee_id, reports_to, ARRAY[employee_id::int] AS path, 1 AS depth FROM employees WHERE reports_to IS NULL
  UNION ALL
  SELECT e.employee_id, e.reports_to, t.path || e.employee_id::int, t.depth + 1
    FROM employees e JOIN t ON e.reports_to = t.employee_id)
SELECT md5('nw:employee:' || employee_id)::uuid AS employee_id,
       md5('nw:employee:' || reports_to)::uuid  AS manager_id, path, depth,
       (SELECT array_agg(btrim(et.territory_id) ORDER BY et.territory_id) FROM employee_territories et
         WHERE et.employee_id = t.employee_id) AS territory_codes
  FROM t
