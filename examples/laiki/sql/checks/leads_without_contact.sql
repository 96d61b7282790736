SELECT count(*)
FROM leads
WHERE (email IS NULL OR trim(email) = '')
  AND (phone IS NULL OR trim(phone) = '')
