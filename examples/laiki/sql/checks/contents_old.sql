-- What CSV had mangled, in a few figures: how many bytes of JSON, the sum of the hashes of JSON and names (so the rows may come in
-- any order), and the money. A value of 0 stood for "none" and arrives as NULL.
SELECT sum(octet_length(jsonb_send(coalesce(c.payload_raw_json, '{}')))) AS bytes,
       sum(hashtextextended(coalesce(c.payload_raw_json, '{}')::text, 0)) AS payloads,
       sum(hashtextextended(c.conversion_name, 0)) AS names,
       count(*) FILTER (WHERE c.conversion_value <> 0) AS with_a_value,
       sum(nullif(c.conversion_value, 0)) AS value
FROM conversions AS c
JOIN leads AS l ON l.id = c.contact_id AND l.company_id = c.company_id
WHERE c.company_id = ANY (:'company')
  AND (trim(l.email) <> '' OR trim(l.phone) <> '')
  AND trim(c.conversion_name) <> ''
