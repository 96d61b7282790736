-- Puts migration $1 into phase $2, state $3.
UPDATE rehome.migration
   SET phase = $2, state = $3, finished_at = CASE WHEN $2 = 'done' AND $3 = 'done' THEN coalesce(finished_at, now()) ELSE finished_at END
 WHERE id = $1::bigint
