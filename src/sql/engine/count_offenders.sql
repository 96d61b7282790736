-- How many refused rows there are of entity number $1; NULL: of all.
SELECT count(*) FROM pg_temp.rehome_offender WHERE $1::int IS NULL OR entity = $1::int
