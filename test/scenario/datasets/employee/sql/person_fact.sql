SELECT md5('emp:' || e.emp_no)::uuid AS person_id, e.hire_date,
       extract(year FROM age(e.hire_date, e.birth_date))::int AS age_at_hire,
       (SELECT count(*)      FROM salary s WHERE s.emp_no = e.emp_no)::int AS salary_steps,
       (SELECT max(s.amount) FROM salary s WHERE s.emp_no = e.emp_no)      AS top_salary,
       (SELECT array_agg(DISTINCT t.title ORDER BY t.title) FROM title t WHERE t.emp_no = e.emp_no) AS titles_held,
       EXISTS (SELECT 1 FROM dept_emp d WHERE d.emp_no = e.emp_no AND d.to_date = DATE '9999-01-01') AS is_current
  FROM employee e
