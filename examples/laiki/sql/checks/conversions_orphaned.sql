-- Conversions whose lead does not exist, or that name none.
SELECT count(*)
FROM conversions AS c
LEFT JOIN leads AS l ON c.contact_id = l.id
WHERE c.company_id = ANY (:'company')
  AND l.id IS NULL
