SELECT id FROM companies UNION ALL SELECT id FROM people
