SELECT json_value(name, '$.a' RETURNING int) FROM companies
