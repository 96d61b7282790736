-- How far entity $2 of migration $1 got under another fingerprint than $3: chunks done, chunks, rows written into its table by this
-- migration, entities that fill the table, whether the migration
-- was done once, with no reject over its budget. No row when the fingerprint is the same.
SELECT (SELECT count(*) FROM rehome.chunk c WHERE c.migration = e.migration AND c.entity = e.name AND c.state = 'done'),
       (SELECT count(*) FROM rehome.chunk c WHERE c.migration = e.migration AND c.entity = e.name),
       (SELECT coalesce(sum(c.written), 0) FROM rehome.chunk c WHERE c.migration = e.migration AND c.entity = e.name),
       (SELECT count(*) FROM rehome.entity o WHERE o.into_schema = e.into_schema AND o.into_name = e.into_name),
       (SELECT m.finished_at IS NOT NULL FROM rehome.migration m WHERE m.id = e.migration)
       AND NOT EXISTS (SELECT FROM rehome.reject r WHERE r.migration = e.migration AND r.budgeted)
  FROM rehome.entity e
 WHERE e.migration = $1::bigint AND e.name = $2 AND e.fingerprint <> $3
