SELECT count(*)
FROM leads
WHERE company_id = ANY (:'company')
  AND (email IS NULL OR trim(email) = '')
  AND (phone IS NULL OR trim(phone) = '')
