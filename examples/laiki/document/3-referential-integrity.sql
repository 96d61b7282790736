-- The plan's post-migration validation, on the new database: referential integrity. Both counts have to be 0.
SELECT 'orphaned_leads' AS issue, count(*) AS count
FROM leads l
LEFT JOIN organizations o ON l.organization_id = o.id
WHERE o.id IS NULL
UNION ALL
SELECT 'orphaned_conversions', count(*)
FROM conversions c
LEFT JOIN leads l ON c.lead_id = l.id
WHERE l.id IS NULL;
