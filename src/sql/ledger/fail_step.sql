-- Marks step $2 of migration $1 failed with message $3 and SQLSTATE $4, and tells it in the events.
WITH told AS (
    INSERT INTO rehome.event (migration, event, entity, step, message, sqlstate)
    SELECT migration, 'step.failed', entity, name, $3, nullif($4, '')
      FROM rehome.step WHERE migration = $1::bigint AND name = $2)
UPDATE rehome.step SET state = 'failed', error = $3, sqlstate = nullif($4, '')
 WHERE migration = $1::bigint AND name = $2 AND state <> 'done'
