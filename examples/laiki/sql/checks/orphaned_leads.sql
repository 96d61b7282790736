SELECT count(*)
FROM leads AS l
LEFT JOIN organizations AS o ON l.organization_id = o.id
WHERE o.id IS NULL
