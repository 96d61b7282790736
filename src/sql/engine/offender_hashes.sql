-- How many rows a key refuses, and the hashes by which their driving rows are asked for, as an array.
SELECT count(*), coalesce(array_agg(DISTINCT kh), '{}')::text FROM pg_temp.rehome_offender
