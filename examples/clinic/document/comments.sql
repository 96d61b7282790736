-- Run on the new database. What the written plan asks of comments: each line says what was asked for and how many comments break it; every number should be 0.
SELECT 'a new id for each comment' AS what, count(*) - count(DISTINCT id) AS broken FROM comments
UNION ALL
SELECT 'legacy_id and legacy_table kept', count(*) FILTER (WHERE legacy_id IS NULL OR legacy_table <> 'dispatch_comment') FROM comments
UNION ALL
SELECT 'no comment twice', count(*) - count(DISTINCT (legacy_table, legacy_id)) FROM comments
UNION ALL
SELECT 'author is a profile with a legacy_user_id', count(*) FILTER (WHERE p.legacy_user_id IS NULL)
  FROM comments c LEFT JOIN profiles p ON p.id = c.author_id
UNION ALL
SELECT 'no parent yet', count(*) FILTER (WHERE parent_comment_id IS NOT NULL) FROM comments
UNION ALL
SELECT 'plan_id in metadata leads to the plan it led to', count(*)
  FROM comments c LEFT JOIN plans p ON p.id = (c.metadata ->> 'plan_id')::uuid
 WHERE c.metadata ? 'plan_id' AND p.legacy_id IS DISTINCT FROM (c.metadata ->> 'legacy_plan_id')::integer;
