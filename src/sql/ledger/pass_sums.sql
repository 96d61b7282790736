-- What the parts of table $2 in pass $1 that are done sum up to, of entity $3 (NULL: of the target): bucket, rows, sum.
SELECT s.bucket, sum(s.count), sum(s.sum)
  FROM rehome.verification_part AS p, unnest(p.buckets, p.counts, p.sums) AS s (bucket, count, sum)
 WHERE p.pass = $1::bigint AND p.relation = $2 AND p.entity IS NOT DISTINCT FROM $3 AND p.done_at IS NOT NULL
 GROUP BY s.bucket
