-- Conversions of one organization that belong to a lead of another: no foreign key would notice.
SELECT c.id
FROM conversions AS c
JOIN leads AS l ON l.id = c.lead_id
WHERE c.organization_id <> l.organization_id
