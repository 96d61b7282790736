-- Asked on the old server. Every table that is not part of the business goes over as it is: each row here makes one entity.
SELECT tablename AS table_name
  FROM pg_tables
 WHERE schemaname = 'public' AND tablename NOT LIKE 'dispatch\_%' AND tablename <> 'auth_user'
 ORDER BY 1
