-- The parts of table $2 in pass $1: number, entity, low, high, whether it is done, what it has seen of the source, the versions of its rows.
SELECT number, entity, low, high, done_at IS NOT NULL, snapshot, versions FROM rehome.verification_part WHERE pass = $1::bigint AND relation = $2 ORDER BY number
