-- Entities of migration $1 whose sources disagree: name, keys, columns with the number of their keys.
SELECT c.entity, count(DISTINCT c.key),
       (SELECT string_agg(n.column_name || ' ' || n.keys, ', ' ORDER BY n.keys DESC, n.column_name COLLATE "C")
          FROM (SELECT o.column_name, count(*) AS keys FROM rehome.conflict o
                 WHERE o.migration = $1::bigint AND o.entity = c.entity GROUP BY o.column_name) n)
  FROM rehome.conflict c
 WHERE c.migration = $1::bigint
 GROUP BY c.entity
