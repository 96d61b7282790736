SELECT c.id, p.name FROM companies c LEFT JOIN people p ON p.company_id = c.id WHERE p.x IS NOT NULL; -- end
