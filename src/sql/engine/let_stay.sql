-- Of rows that may not stand together: those stay before which nothing stays or may still stay that they meet.
UPDATE pg_temp.rehome_offender AS f
   SET stays = true
 WHERE f.stays IS NULL
   AND NOT EXISTS (SELECT FROM pg_temp.rehome_pair AS p
                     JOIN pg_temp.rehome_offender AS o ON o.part = p.other_part AND o.place = p.other_place
                    WHERE p.part = f.part AND p.place = f.place AND o.stays IS DISTINCT FROM false
                      AND (o.entity, o.turn, o.part, o.place) < (f.entity, f.turn, f.part, f.place))
