-- The entities $2 of migration $1 are forgotten, so that a run moves them anew; a table that none of the others fills is as before it was prepared.
WITH gone AS (
    SELECT e.name, '"' || replace(e.into_schema, '"', '""') || '"."' || replace(e.into_name, '"', '""') || '"' AS relation
      FROM rehome.entity e WHERE e.migration = $1::bigint AND e.name = ANY ($2::text[])
), free AS (
    SELECT DISTINCT g.relation FROM gone g
     WHERE NOT EXISTS (SELECT FROM rehome.entity o
                        WHERE o.migration = $1::bigint AND o.name <> ALL ($2::text[])
                          AND '"' || replace(o.into_schema, '"', '""') || '"."' || replace(o.into_name, '"', '""') || '"' = g.relation)
), entities AS (DELETE FROM rehome.entity e USING gone g WHERE e.migration = $1::bigint AND e.name = g.name),
     rejects AS (DELETE FROM rehome.reject WHERE migration = $1::bigint AND entity = ANY ($2::text[])),
     conflicts AS (DELETE FROM rehome.conflict WHERE migration = $1::bigint AND entity = ANY ($2::text[])),
     proofs AS (DELETE FROM rehome.verification WHERE migration = $1::bigint AND entity = ANY ($2::text[])),
     benches AS (DELETE FROM rehome.bench WHERE migration = $1::bigint),
     steps AS (DELETE FROM rehome.step s
                WHERE s.migration = $1::bigint
                  AND (s.entity = ANY ($2::text[]) OR s.relation IN (SELECT f.relation FROM free f) AND s.kind <> 'compat')),
     again AS (UPDATE rehome.step s SET state = 'pending', done_at = NULL
                WHERE s.migration = $1::bigint AND (s.entity IS NULL OR s.entity <> ALL ($2::text[]))
                  AND (s.relation IN (SELECT g.relation FROM gone g) AND s.relation NOT IN (SELECT f.relation FROM free f)
                       AND s.kind IN ('trigger', 'sequence', 'analyze', 'verify')
                       OR s.kind IN ('refresh', 'check after')))
UPDATE rehome.migration SET phase = 'backfill', state = 'stopped', finished_at = NULL, rolling_back = NULL WHERE id = $1::bigint
