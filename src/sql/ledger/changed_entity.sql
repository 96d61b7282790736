-- How far entity $2 of migration $1 got under another fingerprint than $3: chunks done, chunks, rows written into its table by this
-- migration, other entities that have filled the table and are not changed as well (those of the plan: names $4, fingerprints $5), whether the migration
-- was done once, with no reject over its budget. No row when the fingerprint is the same.
SELECT (SELECT count(*) FROM rehome.chunk c WHERE c.migration = e.migration AND c.entity = e.name AND c.method <> 'keys' AND c.state = 'done'),
       (SELECT count(*) FROM rehome.chunk c WHERE c.migration = e.migration AND c.entity = e.name AND c.method <> 'keys'),
       (SELECT coalesce(sum(c.written), 0)
          FROM rehome.entity o JOIN rehome.chunk c ON c.migration = o.migration AND c.entity = o.name
         WHERE o.migration = e.migration AND o.into_schema = e.into_schema AND o.into_name = e.into_name),
       (SELECT count(*) FROM rehome.entity o
         WHERE o.into_schema = e.into_schema AND o.into_name = e.into_name AND (o.migration, o.name) <> (e.migration, e.name)
           AND NOT (o.migration = e.migration
                    AND (EXISTS (SELECT FROM unnest($4::text[], $5::text[]) AS p (name, fingerprint)
                                  WHERE p.name = o.name AND p.fingerprint <> o.fingerprint)
                         OR NOT EXISTS (SELECT FROM rehome.chunk c
                                         WHERE c.migration = o.migration AND c.entity = o.name AND c.state = 'done')))),
       (SELECT m.finished_at IS NOT NULL FROM rehome.migration m WHERE m.id = e.migration)
       AND NOT EXISTS (SELECT FROM rehome.reject r WHERE r.migration = e.migration AND r.budgeted AND r.waived_at IS NULL)
  FROM rehome.entity e
 WHERE e.migration = $1::bigint AND e.name = $2 AND e.fingerprint <> $3
