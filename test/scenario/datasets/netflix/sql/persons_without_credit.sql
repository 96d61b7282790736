SELECT count(*) FROM catalogue.person p WHERE NOT EXISTS (SELECT 1 FROM catalogue.credit c WHERE c.person_id = p.person_id)
