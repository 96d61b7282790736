-- Rows that were rejected before are not in the target: migration $1, names of the entities by their numbers $2. Of several alike as many go as were
-- rejected.
DELETE FROM pg_temp.rehome_origin AS o
 USING (SELECT g.ctid AS id, row_number() OVER (PARTITION BY g.entity, g.source_key, g.source_row ORDER BY g.turn DESC) AS n, r.times
          FROM pg_temp.rehome_origin AS g
          JOIN (SELECT e.number, r.source_key, r.source_row, count(*) AS times
                  FROM unnest($2::text[]) WITH ORDINALITY AS e (name, number)
                  JOIN rehome.reject AS r ON r.migration = $1::bigint AND r.entity = e.name
                 GROUP BY e.number, r.source_key, r.source_row) AS r
            ON r.number = g.entity AND r.source_key = g.source_key AND r.source_row = g.source_row) AS d
 WHERE o.ctid = d.id AND d.n <= d.times
