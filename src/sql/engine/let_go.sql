-- Of rows that may not stand together: those go that meet one that stays.
UPDATE pg_temp.rehome_offender AS f
   SET stays = false
 WHERE f.stays IS NULL
   AND EXISTS (SELECT FROM pg_temp.rehome_pair AS p
                 JOIN pg_temp.rehome_offender AS o ON o.part = p.other_part AND o.place = p.other_place
                WHERE p.part = f.part AND p.place = f.place AND o.stays)
