-- The plan's post-migration validation, on the new database: data quality. The count has to be 0.
SELECT 'leads_without_contact' AS issue, count(*) AS count
FROM leads
WHERE (email IS NULL OR trim(email) = '')
  AND (phone IS NULL OR trim(phone) = '');
