SELECT sum(octet_length(jsonb_send(raw_payload))) AS bytes,
       sum(hashtextextended(raw_payload::text, 0)) AS payloads,
       sum(hashtextextended(name, 0)) AS names,
       count(value) AS with_a_value,
       sum(value) AS value
FROM conversions
WHERE organization_id IN (SELECT rehome.nanoid('organizations', company) FROM unnest(:'company'::uuid[]) AS company)
