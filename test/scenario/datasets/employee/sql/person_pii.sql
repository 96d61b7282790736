SELECT md5('emp:' || emp_no)::uuid AS person_id, first_name, last_name, birth_date,
       CASE gender WHEN 'M' THEN 'male' WHEN 'F' THEN 'female' END AS gender
  FROM employee
