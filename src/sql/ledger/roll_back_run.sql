-- After the chunks of one run of migration $1 were undone: what follows them is to be done again.
WITH steps AS (UPDATE rehome.step s SET state = 'pending', done_at = NULL
                WHERE s.migration = $1::bigint
                  AND (s.kind = 'copy' AND EXISTS (SELECT FROM rehome.chunk c WHERE c.migration = s.migration AND c.entity = s.entity AND c.state = 'pending')
                       OR s.kind IN ('verify', 'check after', 'refresh', 'sequence', 'analyze'))),
     benches AS (DELETE FROM rehome.bench WHERE migration = $1::bigint)
UPDATE rehome.migration SET phase = 'backfill', state = 'stopped', finished_at = NULL, rolling_back = NULL WHERE id = $1::bigint
