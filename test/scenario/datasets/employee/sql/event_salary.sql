SELECT md5('emp:' || emp_no || ':salary:' || from_date)::uuid AS event_id, md5('emp:' || emp_no)::uuid AS person_id,
       'salary' AS kind, daterange(from_date, NULLIF(to_date, DATE '9999-01-01')) AS valid,
       jsonb_build_object('amount', amount) AS details FROM salary
