-- No part of table $2 in pass $1 is done.
UPDATE rehome.verification_part SET done_at = NULL WHERE pass = $1::bigint AND relation = $2
