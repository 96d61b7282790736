SELECT count(*), sum(c.conversion_value)
FROM conversions AS c
JOIN leads AS l ON l.id = c.contact_id
WHERE c.company_id = :'company' AND c.conversion_value <> 0
  AND (trim(l.email) <> '' OR trim(l.phone) <> '')
