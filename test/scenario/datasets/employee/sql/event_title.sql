SELECT md5('emp:' || emp_no || ':title:' || from_date || ':' || title)::uuid AS event_id, md5('emp:' || emp_no)::uuid AS person_id,
       'title' AS kind, daterange(from_date, NULLIF(to_date, DATE '9999-01-01')) AS valid,
       jsonb_build_object('title', title) AS details FROM title
