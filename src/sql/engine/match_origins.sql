-- Gives each refused row the driving row that it came from: by the hash number $1, among entities whose numbers are in $2. Rows that are alike are paired
-- one by one.
UPDATE pg_temp.rehome_offender AS f
   SET entity = g.entity, turn = g.turn, source_key = g.source_key, source_row = g.source_row, driving_row = g.driving_row
  FROM (SELECT part, place, kh, h[$1::int] AS hash, row_number() OVER (PARTITION BY kh, h[$1::int] ORDER BY part, place) AS n
          FROM pg_temp.rehome_offender WHERE entity IS NULL) AS o
  JOIN (SELECT *, row_number() OVER (PARTITION BY kh, h ORDER BY entity, turn) AS n
          FROM pg_temp.rehome_origin WHERE entity = ANY ($2::int[])) AS g ON g.kh = o.kh AND g.h = o.hash AND g.n = o.n
 WHERE f.part = o.part AND f.place = o.place
