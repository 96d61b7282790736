-- The plan's WHERE for leads, as written and as meant, on the old database. AND binds more tightly than OR, so as written it
-- takes every lead of every company that has a telephone number, and gives it to the organization that is being migrated.
--     psql -v company=4ee89595-e724-46a2-9585-e57be79581fb -f document/5-where-as-written.sql
SELECT count(*) FILTER (WHERE company_id = :'company'
                          AND (email IS NOT NULL AND trim(email) != '')
                           OR (phone IS NOT NULL AND trim(phone) != '')) AS as_written,
       count(*) FILTER (WHERE company_id = :'company'
                          AND (email IS NOT NULL AND trim(email) != ''
                           OR  phone IS NOT NULL AND trim(phone) != '')) AS as_meant,
       count(*) FILTER (WHERE company_id <> :'company' AND phone IS NOT NULL AND trim(phone) != '') AS of_other_companies
FROM leads;
