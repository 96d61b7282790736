SELECT id, "naïve", '名' || name FROM (companies NATURAL JOIN people) j WHERE EXISTS (SELECT FROM companies) FOR UPDATE
