-- How many refused rows have no driving row.
SELECT count(*) FROM pg_temp.rehome_offender WHERE entity IS NULL
