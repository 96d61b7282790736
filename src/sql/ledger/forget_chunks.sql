-- Entity $2 of migration $1 changed before anything of it was moved: its chunks are cut anew.
WITH gone AS (DELETE FROM rehome.chunk WHERE migration = $1::bigint AND entity = $2)
UPDATE rehome.step SET state = 'pending' WHERE migration = $1::bigint AND entity = $2 AND kind = 'cut'
