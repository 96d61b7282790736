-- Passes of migration $1 other than $2 that no living process works on are left, and their parts go.
WITH dead AS (
    SELECT id FROM rehome.verification_pass
     WHERE migration = $1::bigint AND state = 'running' AND id <> $2::bigint AND pg_try_advisory_xact_lock(1919248493, id::int)
), parts AS (
    DELETE FROM rehome.verification_table WHERE pass IN (SELECT id FROM dead)
)
UPDATE rehome.verification_pass SET state = 'left', finished_at = clock_timestamp() WHERE id IN (SELECT id FROM dead)
