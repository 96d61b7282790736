SELECT md5('emp:' || emp_no || ':dept:' || dept_no)::uuid AS event_id, md5('emp:' || emp_no)::uuid AS person_id,
       'assignment' AS kind, daterange(from_date, NULLIF(to_date, DATE '9999-01-01')) AS valid,
       jsonb_build_object('dept_no', dept_no) AS details FROM dept_emp
