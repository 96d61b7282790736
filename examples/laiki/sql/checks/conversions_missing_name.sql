SELECT count(*)
FROM conversions
WHERE company_id = ANY (:'company')
  AND (conversion_name IS NULL OR trim(conversion_name) = '')
