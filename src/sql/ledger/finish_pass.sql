-- Pass $1 ends as $2, read in snapshots $3 of the source and $4 of the target, in $5 parts of which $6 were kept. What its parts sum up to stays where it is known of
-- which rows; what earlier passes have kept of the same tables goes.
WITH older AS (
    DELETE FROM rehome.verification_table AS t USING rehome.verification_pass AS p, rehome.verification_pass AS own
     WHERE own.id = $1::bigint AND p.id = t.pass AND p.migration = own.migration AND p.id <> own.id AND p.state <> 'running'
       AND t.relation IN (SELECT relation FROM rehome.verification_table WHERE pass = own.id)
), untold AS (
    UPDATE rehome.verification_part SET buckets = NULL, counts = NULL, sums = NULL WHERE pass = $1::bigint AND versions IS NULL
)
UPDATE rehome.verification_pass
   SET state = $2, source_snapshot = $3, target_snapshot = $4, parts = $5::bigint, parts_kept = $6::bigint, finished_at = clock_timestamp()
 WHERE id = $1::bigint
