-- Rows of migration $1 from old tables to new ones, in the order of the entities: entity, tables read, table filled, rows that arrived, filtered, rejected. The $2 entities with
-- most rows by name (entity NULL and its number: all others together).
SELECT CASE WHEN r.rank <= $2::bigint THEN r.name END, CASE WHEN r.rank <= $2::bigint THEN r.reads END, CASE WHEN r.rank <= $2::bigint THEN r.fills END,
       sum(r.arrived), sum(r.filtered), sum(r.rejected), count(*)
  FROM (SELECT e.name, e.position, array_to_string(e.reads, ' + ') AS reads,
               CASE e.into_schema WHEN 'public' THEN e.into_name ELSE e.into_schema || '.' || e.into_name END AS fills,
               coalesce(c.arrived, 0) AS arrived, coalesce(c.filtered, 0) AS filtered, coalesce(c.rejected, 0) AS rejected,
               row_number() OVER (ORDER BY c.read DESC NULLS LAST, e.position) AS rank
          FROM rehome.entity e
          LEFT JOIN (SELECT entity, sum(read) AS read, sum(written + unchanged + merged) AS arrived, sum(filtered) AS filtered, sum(rejected) AS rejected
                       FROM rehome.chunk WHERE migration = $1::bigint GROUP BY entity) c ON c.entity = e.name
         WHERE e.migration = $1::bigint) r
 GROUP BY CASE WHEN r.rank <= $2::bigint THEN r.name END, CASE WHEN r.rank <= $2::bigint THEN r.reads END, CASE WHEN r.rank <= $2::bigint THEN r.fills END
 ORDER BY CASE WHEN min(r.rank) <= $2::bigint THEN min(r.position) END NULLS LAST
