-- Materialised views among $2 (quoted and qualified) of migration $1 that do not show what is in the tables: view, why.
WITH view AS (
    SELECT v.n, v.title, c.relispopulated,
           greatest((SELECT max(s.done_at) FROM rehome.step s WHERE s.migration = $1::bigint AND s.kind = 'refresh' AND s.relation = v.title),
                    (SELECT max(e.at) FROM rehome.event e WHERE e.migration = $1::bigint AND e.event = 'view.refreshed' AND e.message = v.title)) AS refreshed
      FROM unnest($2::text[]) WITH ORDINALITY AS v (title, n)
      JOIN pg_catalog.pg_class c ON c.oid = pg_catalog.to_regclass(v.title)
), written AS (
    SELECT greatest((SELECT max(done_at) FROM rehome.chunk WHERE migration = $1::bigint),
                    (SELECT max(at) FROM rehome.event WHERE migration = $1::bigint AND event = 'entity.repaired')) AS at
)
SELECT v.title, CASE WHEN NOT v.relispopulated THEN 'it was never refreshed' ELSE 'rows came in after it was refreshed' END
  FROM view v, written w
 WHERE NOT v.relispopulated OR w.at > v.refreshed
 ORDER BY v.n
