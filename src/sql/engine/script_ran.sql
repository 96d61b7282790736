-- The text of script step $3 of kind $4 as it was run by a migration named $1; with an id $2 by that one alone, else whatever its params: what a file
-- makes is there for all of them. No row: it was not run.
SELECT s.action FROM rehome.step s JOIN rehome.migration m ON m.id = s.migration
 WHERE m.name = $1 AND ($2::bigint IS NULL OR m.id = $2::bigint) AND s.name = $3 AND s.kind = $4 AND s.state = 'done'
 ORDER BY s.done_at DESC LIMIT 1
