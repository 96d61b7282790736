-- What came after the backfill of migration $1 is to be done again.
WITH steps AS (UPDATE rehome.step SET state = 'pending', done_at = NULL
                WHERE migration = $1::bigint AND kind IN ('compat', 'refresh', 'verify', 'check after')),
     proofs AS (DELETE FROM rehome.verification WHERE migration = $1::bigint),
     benches AS (DELETE FROM rehome.bench WHERE migration = $1::bigint)
UPDATE rehome.migration SET phase = 'backfill', state = 'stopped', finished_at = NULL, rolling_back = NULL WHERE id = $1::bigint
