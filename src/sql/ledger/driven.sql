-- How many driving rows the chunks of entity $2 of migration $1 have read, and in which snapshot of the source, NULL when it was not one.
SELECT coalesce(sum(driving), 0)::bigint, CASE WHEN count(*) = count(snapshot) AND count(DISTINCT snapshot) = 1 THEN min(snapshot) END
  FROM rehome.chunk WHERE migration = $1::bigint AND entity = $2 AND method <> 'keys'
