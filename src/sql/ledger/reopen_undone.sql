-- The chunks $1 were undone: they are to be moved again, and their rejects and conflicts are forgotten.
WITH rejects AS (DELETE FROM rehome.reject WHERE chunk = ANY ($1::bigint[])),
     conflicts AS (DELETE FROM rehome.conflict WHERE chunk = ANY ($1::bigint[]))
UPDATE rehome.chunk SET state = 'pending', driving = 0, read = 0, written = 0, unchanged = 0, merged = 0, filtered = 0, rejected = 0,
       bytes = 0, seconds = NULL, worker = NULL, snapshot = NULL, done_at = NULL
 WHERE id = ANY ($1::bigint[])
