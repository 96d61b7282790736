-- What an attempt before this one has left in the transaction.
DROP TABLE IF EXISTS pg_temp.rehome_pair
