WITH RECURSIVE up AS (SELECT id, parent_id FROM companies UNION SELECT c.id, c.parent_id FROM companies c JOIN up ON up.parent_id = c.id) SELECT id FROM up
