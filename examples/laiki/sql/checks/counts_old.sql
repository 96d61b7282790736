-- What has to arrive, counted without the transforms: everything but what the rules in migration.yaml set aside.
WITH reachable AS (
    SELECT id, company_id
    FROM leads
    WHERE company_id = ANY (:'company')
      AND (trim(email) <> '' OR trim(phone) <> '')
)
SELECT (SELECT count(*) FROM companies WHERE id = ANY (:'company')) AS organizations,
       (SELECT count(*) FROM leads_custom_fields_definitions WHERE company_id = ANY (:'company')) AS custom_field_definitions,
       (SELECT count(*) FROM reachable) AS leads,
       (SELECT count(*)
        FROM conversions AS c
        JOIN reachable AS l ON l.id = c.contact_id AND l.company_id = c.company_id
        WHERE trim(c.conversion_name) <> '') AS conversions,
       (SELECT count(*) FROM segments WHERE company_id = ANY (:'company')) AS segments
