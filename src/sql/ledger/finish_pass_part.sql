-- Part $3 of table $2 in pass $1 was read: rows $4, by bucket $5 counts $6 and sums $7, snapshot $8, versions $9.
UPDATE rehome.verification_part
   SET rows = $4::bigint, buckets = $5::int[], counts = $6::bigint[], sums = $7::numeric[], snapshot = $8, versions = $9, done_at = clock_timestamp()
 WHERE pass = $1::bigint AND relation = $2 AND number = $3::int
