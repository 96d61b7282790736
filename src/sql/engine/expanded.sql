-- The text of expand step $2 as it was run by migration $1, whatever its params: what a file makes is there for all of them. No row: it was not run.
SELECT s.action FROM rehome.step s JOIN rehome.migration m ON m.id = s.migration
 WHERE m.name = $1 AND s.name = $2 AND s.kind = 'expand' AND s.state = 'done'
 ORDER BY s.done_at DESC LIMIT 1
