-- What migration $1 brings back and has not brought back yet: one JSON object per index, constraint or foreign key.
SELECT held FROM rehome.step WHERE migration = $1::bigint AND held IS NOT NULL AND state <> 'done' ORDER BY position
