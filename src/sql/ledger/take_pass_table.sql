-- Pass $1 of migration $2 takes table $3 over from the last one that ended and compared the same ($4), with its parts, of which none is done; $5 is what was moved by now.
WITH last AS (
    SELECT t.pass FROM rehome.verification_table AS t JOIN rehome.verification_pass AS p ON p.id = t.pass
     WHERE p.migration = $2::bigint AND p.id <> $1::bigint AND p.state IN ('passed', 'failed', 'suspect') AND t.relation = $3 AND t.identity = $4
     ORDER BY p.id DESC LIMIT 1
)
UPDATE rehome.verification_table AS t SET pass = $1::bigint, moved = $5 FROM last WHERE t.pass = last.pass AND t.relation = $3
