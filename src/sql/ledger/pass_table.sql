-- How pass $1 cuts table $2, if it compares the same ($3): buckets, bounds, how many parts are done. No row: it does not know it.
SELECT t.buckets, t.bounds, (SELECT count(*) FROM rehome.verification_part AS p WHERE p.pass = t.pass AND p.relation = t.relation AND p.done_at IS NOT NULL)
  FROM rehome.verification_table AS t WHERE t.pass = $1::bigint AND t.relation = $2 AND t.identity = $3
