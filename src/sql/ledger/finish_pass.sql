-- Pass $1 ends as $2, read in snapshots $3 of the source and $4 of the target, in $5 parts of which $6 were kept. Its parts go.
WITH parts AS (DELETE FROM rehome.verification_table WHERE pass = $1::bigint)
UPDATE rehome.verification_pass
   SET state = $2, source_snapshot = $3, target_snapshot = $4, parts = $5::bigint, parts_kept = $6::bigint, finished_at = clock_timestamp()
 WHERE id = $1::bigint
