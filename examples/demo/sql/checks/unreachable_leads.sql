-- Leads with neither an e-mail address nor a telephone number.
SELECT id
FROM leads
WHERE company_id = :'company' AND coalesce(trim(email), '') = '' AND coalesce(trim(phone), '') = ''
