-- Run $1 ended in state $2.
UPDATE rehome.run SET state = $2, ended_at = now() WHERE id = $1::bigint
