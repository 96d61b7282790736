-- What follows a copy into a table of migration $1 is to be done again when another copy into it is still to come; checks also
-- after a view was made anew.
UPDATE rehome.step s SET state = 'pending', done_at = NULL
 WHERE s.migration = $1::bigint AND s.state = 'done' AND s.kind IN ('trigger', 'sequence', 'analyze', 'verify', 'check after')
   AND EXISTS (SELECT FROM rehome.step c
                WHERE c.migration = s.migration AND c.state <> 'done'
                  AND (c.kind = 'copy' AND (c.relation = s.relation OR s.kind = 'check after')
                       OR c.kind = 'compat' AND s.kind = 'check after'))
