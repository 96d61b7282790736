-- The refresh step $2 of migration $1 is to be done again when a copy into one of the tables that it reads ($3; NULL: not known) is still to come.
UPDATE rehome.step s SET state = 'pending', done_at = NULL
 WHERE s.migration = $1::bigint AND s.name = $2 AND s.state = 'done'
   AND EXISTS (SELECT FROM rehome.step c
                WHERE c.migration = s.migration AND c.kind = 'copy' AND c.state <> 'done'
                  AND ($3::text[] IS NULL OR c.relation = ANY ($3::text[])))
