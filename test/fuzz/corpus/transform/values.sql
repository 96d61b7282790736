SELECT * FROM (VALUES (1, 'none')) v (id, name) LIMIT 1
