-- What migration $1 has planned to repair, by entity: missing, different, extra, one reason for which some of them stay (NULL: none).
SELECT entity, count(*) FILTER (WHERE kind = 'missing'), count(*) FILTER (WHERE kind = 'different'), count(*) FILTER (WHERE kind = 'extra'),
       min(why)
  FROM rehome.repair WHERE migration = $1::bigint GROUP BY entity ORDER BY entity
