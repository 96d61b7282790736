-- Rows came into table $2 of migration $1 after its copy: its sequences are to be set again, views to be filled, and all is to be proved again.
WITH phase AS (
    UPDATE rehome.migration SET phase = 'verify', state = 'stopped' WHERE id = $1::bigint AND phase IN ('verify', 'done'))
UPDATE rehome.step SET state = 'pending', done_at = NULL
 WHERE migration = $1::bigint AND state = 'done'
   AND (kind IN ('refresh', 'check after') OR (kind IN ('sequence', 'verify') AND relation = $2))
