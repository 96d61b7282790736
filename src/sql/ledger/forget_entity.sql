-- Entity $2 of migration $1 begins anew: its chunks, rejects, conflicts and proof are forgotten, the steps $3 are to be done again.
WITH chunks AS (DELETE FROM rehome.chunk WHERE migration = $1::bigint AND entity = $2),
     rejects AS (DELETE FROM rehome.reject WHERE migration = $1::bigint AND entity = $2),
     conflicts AS (DELETE FROM rehome.conflict WHERE migration = $1::bigint AND entity = $2),
     proof AS (DELETE FROM rehome.verification WHERE migration = $1::bigint AND entity = $2)
UPDATE rehome.step SET state = 'pending', done_at = NULL WHERE migration = $1::bigint AND name = ANY ($3::text[])
