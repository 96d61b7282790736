-- How pass $1 cuts table $2, if it compares the same ($3) and as much was moved ($4): buckets, bounds. No row: it does not know it.
SELECT t.buckets, t.bounds FROM rehome.verification_table AS t WHERE t.pass = $1::bigint AND t.relation = $2 AND t.identity = $3 AND t.moved = $4
