-- The plan's pre-migration validation, on the old database:
--     psql -v company=4ee89595-e724-46a2-9585-e57be79581fb -f document/1-pre-migration-validation.sql
SELECT 'leads_missing_contact' AS issue, count(*) AS count
FROM leads
WHERE company_id = :'company'
  AND (email IS NULL OR trim(email) = '')
  AND (phone IS NULL OR trim(phone) = '')
UNION ALL
SELECT 'conversions_orphaned', count(*)
FROM conversions c
LEFT JOIN leads l ON c.contact_id = l.id
WHERE c.company_id = :'company'
  AND l.id IS NULL
UNION ALL
SELECT 'conversions_missing_name', count(*)
FROM conversions
WHERE company_id = :'company'
  AND (conversion_name IS NULL OR trim(conversion_name) = '');
