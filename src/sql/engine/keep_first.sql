-- Of each group of refused rows the first stays: it is none of them any more.
DELETE FROM pg_temp.rehome_offender AS f
 USING (SELECT part, place, row_number() OVER (PARTITION BY rank_group ORDER BY entity, turn, part, place) AS n
          FROM pg_temp.rehome_offender WHERE rank_group IS NOT NULL) AS o
 WHERE f.part = o.part AND f.place = o.place AND o.n = 1
