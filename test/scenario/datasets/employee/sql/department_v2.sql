SELECT md5('dept:' || d.dept_no)::uuid AS dept_id, d.dept_no, d.dept_name,
       (SELECT md5('emp:' || m.emp_no)::uuid FROM dept_manager m
         WHERE m.dept_no = d.dept_no AND m.to_date = DATE '9999-01-01') AS current_manager_id,
       (SELECT jsonb_agg(jsonb_build_object('emp_no', m.emp_no, 'from', m.from_date,
                         'to', NULLIF(m.to_date, DATE '9999-01-01')) ORDER BY m.from_date, m.emp_no)
          FROM dept_manager m WHERE m.dept_no = d.dept_no) AS manager_history,
       (SELECT count(*) FROM dept_emp de WHERE de.dept_no = d.dept_no AND de.to_date = DATE '9999-01-01') AS headcount
  FROM department d
