-- manager_id is NULL where nobody has that address: the rule unknown_manager sets these aside. Who names no manager has none.
SELECT e.id AS employee_id,
       m.id AS manager_id
FROM people AS p
JOIN employees AS e ON e.person_id = p.id
LEFT JOIN employees AS m ON m.email = lower(trim(p.manager_email))
WHERE trim(p.manager_email) <> ''
