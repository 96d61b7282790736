-- Part $3 of table $2 in pass $1 holds the versions $4 of rows that it held when it was summed up, seen in snapshot $5: bucket, rows, sum. No row: others.
WITH kept AS (
    UPDATE rehome.verification_part SET snapshot = $5, done_at = clock_timestamp()
     WHERE pass = $1::bigint AND relation = $2 AND number = $3::int AND versions = $4
    RETURNING buckets, counts, sums
)
SELECT s.bucket, s.count, s.sum FROM kept, unnest(kept.buckets, kept.counts, kept.sums) AS s (bucket, count, sum)
