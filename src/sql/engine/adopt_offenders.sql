-- Rows whose driving rows cannot be asked for belong to entity number $1; their turn is that of the mapped key.
UPDATE pg_temp.rehome_offender AS f
   SET entity = $1::int, turn = o.turn
  FROM (SELECT part, place, row_number() OVER (ORDER BY told, target_row::text COLLATE "C", part, place) AS turn
          FROM pg_temp.rehome_offender WHERE entity IS NULL) AS o
 WHERE f.part = o.part AND f.place = o.place
