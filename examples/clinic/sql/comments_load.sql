-- On the new server: `staged` holds what comments.sql gave. Columns that comments does not have, such as legacy_author_id, are text in it.
-- An author whom no profile knows is NULL here, and the rule unknown_author in migration.yaml sets the comment aside.
SELECT s.id,
       s.content,
       p.id AS author_id,
       NULL::uuid AS parent_comment_id,        -- the old comments know no threads
       s.metadata,
       s.legacy_id,
       s.legacy_table,
       s.created_at,
       s.updated_at
  FROM staged s
  LEFT JOIN profiles p ON p.legacy_user_id = s.legacy_author_id::integer
