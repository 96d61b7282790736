-- Marks chunk $1 done with its books ($2…$9), seconds $10, worker $11, snapshot of the source $12 and sum of the rows' hashes $13.
UPDATE rehome.chunk
   SET state = 'done', driving = $2::bigint, read = $3::bigint, written = $4::bigint, unchanged = $5::bigint,
       merged = $6::bigint, filtered = $7::bigint, rejected = $8::bigint, bytes = $9::bigint,
       seconds = $10::float8, worker = $11, snapshot = $12, row_sum = $13::bigint, done_at = clock_timestamp()
 WHERE id = $1::bigint AND state = 'pending'
