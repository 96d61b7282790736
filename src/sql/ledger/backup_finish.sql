-- Backup $1 is whole: bytes $2, sha256 $3, snapshot $4, verified $5, taken at $6, seconds $7. Nothing is returned when another process has put it away.
UPDATE rehome.backup
   SET state = 'taken', bytes = $2::bigint, sha256 = $3, snapshot = $4, verified = $5, taken_at = $6::timestamptz, seconds = $7::float8
 WHERE id = $1::bigint AND state = 'taking'
RETURNING id
