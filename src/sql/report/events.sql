-- What was worth telling of migration $1: when, event, entity, step, SQLSTATE, message.
SELECT v.at, v.event, v.entity, v.step, v.sqlstate, v.message FROM rehome.event v WHERE v.migration = $1::bigint ORDER BY v.id
