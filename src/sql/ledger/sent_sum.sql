-- What the rows of entity $2 of migration $1 sum up to, modulo 2^64, as they were sent, less those that were taken out again: rows, sum. No row: not
-- all were summed, or snapshot $3 shows another state of the source.
SELECT coalesce(sum(written), 0), mod(mod(coalesce(sum(row_sum), 0), 18446744073709551616) + 18446744073709551616, 18446744073709551616)
  FROM rehome.chunk WHERE migration = $1::bigint AND entity = $2
HAVING bool_and(state = 'done' AND row_sum IS NOT NULL AND (coalesce(snapshot = $3, false) OR method = 'keys'))
