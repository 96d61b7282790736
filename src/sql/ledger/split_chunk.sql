-- Cuts pending chunk $1 in two at key $2: a new one gets the upper half.
WITH upper AS (
    INSERT INTO rehome.chunk (migration, entity, method, low, high, estimated_rows)
    SELECT migration, entity, method, $2::text[], high, estimated_rows / 2
      FROM rehome.chunk WHERE id = $1::bigint AND state = 'pending')
UPDATE rehome.chunk SET high = $2::text[], estimated_rows = estimated_rows - estimated_rows / 2
 WHERE id = $1::bigint AND state = 'pending'
