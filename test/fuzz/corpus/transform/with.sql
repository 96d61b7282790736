WITH big AS (SELECT id, name FROM companies WHERE created_at > now()) SELECT b.id, b.name FROM big b
