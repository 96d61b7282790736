-- Migration $1 has to be proved again.
WITH phase AS (UPDATE rehome.migration SET phase = 'verify', state = 'failed' WHERE id = $1::bigint)
UPDATE rehome.step SET state = 'pending', done_at = NULL
 WHERE migration = $1::bigint AND state = 'done' AND kind IN ('verify', 'check after')
