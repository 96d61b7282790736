-- What an attempt before this one has left in the transaction.
DROP TABLE IF EXISTS pg_temp.rehome_place, pg_temp.rehome_offender, pg_temp.rehome_origin
