-- The directory. The words become references; a word that is empty becomes none.
SELECT nullif(lower(trim(p.email)), '') AS email,
       p.id AS person_id,
       p.full_name,
       r.id AS role_id,
       d.id AS department_id,
       t.id AS team_id,
       c.id AS channel_id,
       upper(nullif(trim(p.country), '')) AS country,
       p.employee_no,
       nullif(trim(p.phone), '') AS phone,
       p.hired_on,
       p.updated_at,
       CASE WHEN NOT p.active THEN p.updated_at END AS deleted_at
FROM people AS p
LEFT JOIN roles AS r ON r.name = lower(trim(p.role))
LEFT JOIN departments AS d ON d.name = lower(trim(p.department))
LEFT JOIN teams AS t ON t.name = lower(trim(p.team))
LEFT JOIN channels AS c ON c.name = lower(trim(p.channel))
