SELECT count(*)
FROM conversions AS c
LEFT JOIN leads AS l ON c.lead_id = l.id
WHERE l.id IS NULL
