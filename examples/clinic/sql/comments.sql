-- On the old server: what a comment says. Who wrote it is looked up on the new one, see comments_load.sql.
SELECT rehome.uuid('comments', c.id) AS id,
       c.text AS content,
       c.author_id AS legacy_author_id,
       jsonb_strip_nulls(jsonb_build_object('legacy_plan_id', c.plan_id, 'plan_id', p.new_id)) AS metadata,
       c.id AS legacy_id,
       'dispatch_comment' AS legacy_table,
       c.created_at AT TIME ZONE 'Europe/Berlin' AS created_at,
       coalesce(c.updated_at, c.created_at) AT TIME ZONE 'Europe/Berlin' AS updated_at
  FROM dispatch_comment c
  LEFT JOIN rehome.crosswalk_plans p ON p.old_id = c.plan_id
