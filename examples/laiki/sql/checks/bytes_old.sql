-- How many bytes the values have that CSV had mangled, and the sum of their hashes, whichever order they come in.
SELECT sum(octet_length(jsonb_send(coalesce(c.payload_raw_json, '{}')))) AS bytes,
       sum(hashtextextended(coalesce(c.payload_raw_json, '{}')::text, 0)) AS payloads,
       sum(hashtextextended(c.conversion_name, 0)) AS names
FROM conversions AS c
JOIN leads AS l ON l.id = c.contact_id AND l.company_id = c.company_id
WHERE c.company_id = ANY (:'company')
  AND (trim(l.email) <> '' OR trim(l.phone) <> '')
  AND trim(c.conversion_name) <> ''
