-- Conversions whose lead does not exist, or that name none.
SELECT c.id
FROM conversions AS c
LEFT JOIN leads AS l ON l.id = c.contact_id
WHERE c.company_id = :'company' AND l.id IS NULL
