SELECT DISTINCT ON (id) id, CASE WHEN name ~ 'x' THEN (SELECT max(id) FROM people) ELSE tags[1] END, name COLLATE "C", (companies).id FROM companies ORDER BY id, created_at DESC OFFSET 1
