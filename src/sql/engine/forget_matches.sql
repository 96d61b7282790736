-- As if no driving row had been found for the refused rows.
UPDATE pg_temp.rehome_offender SET entity = NULL, turn = NULL, source_key = NULL, source_row = NULL, driving_row = NULL
 WHERE entity IS NOT NULL
