SELECT id, row_number() OVER (PARTITION BY id ORDER BY name) FROM companies
