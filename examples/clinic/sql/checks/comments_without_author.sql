-- Comments whose author is nobody: they will be set aside by the rule unknown_author.
SELECT count(*) FROM dispatch_comment c WHERE NOT EXISTS (SELECT FROM auth_user u WHERE u.id = c.author_id)
