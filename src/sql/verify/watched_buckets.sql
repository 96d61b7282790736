-- Which of $1 buckets the rows to be looked at again are in.
SELECT DISTINCT kh & ($1::bigint - 1) FROM pg_temp.rehome_watched WHERE suspect
