WITH ours AS (SELECT rehome.nanoid('organizations', company) AS id FROM unnest(:'company'::uuid[]) AS company)
SELECT (SELECT count(*) FROM organizations JOIN ours USING (id)) AS organizations,
       (SELECT count(*) FROM custom_field_definitions AS f JOIN ours ON ours.id = f.organization_id) AS custom_field_definitions,
       (SELECT count(*) FROM leads AS l JOIN ours ON ours.id = l.organization_id) AS leads,
       (SELECT count(*) FROM conversions AS c JOIN ours ON ours.id = c.organization_id) AS conversions,
       (SELECT count(*) FROM segments AS s JOIN ours ON ours.id = s.organization_id) AS segments
