SELECT e.id, e.full_name, e.phone, r.name, d.name, t.name
FROM employees AS e
LEFT JOIN roles AS r ON r.id = e.role_id
LEFT JOIN departments AS d ON d.id = e.department_id
LEFT JOIN teams AS t ON t.id = e.team_id
WHERE e.email = 'zoe.angstrom@example.com';
