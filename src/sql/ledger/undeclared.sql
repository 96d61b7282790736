-- What is gone or changed of what migration $1 has declared of the tables $2: severity, table, what. Triggers, comments and keys that were never validated are told and no more.
WITH now AS MATERIALIZED (
    SELECT * FROM rehome.parts_of($2::text[])
), declared AS (
    SELECT * FROM rehome.declared d WHERE d.migration = $1::bigint AND d.relation IN (SELECT relation FROM now)
), beside AS (
    SELECT d.relation, d.kind, d.name, d.comment, n.comment AS comment_now, d.definition, n.definition AS definition_now,
           replace(n.definition, ' NOT VALID', '') AS valid_now, replace(d.definition, ' NOT VALID', '') AS valid, n.relation IS NULL AS gone
      FROM declared d LEFT JOIN now n USING (relation, kind, name)
), found AS (
    SELECT CASE kind WHEN 'trigger' THEN 'warn' ELSE 'error' END AS severity, relation, kind, name, format('%s %s is gone: %s', kind, name, definition) AS what FROM beside WHERE gone
     UNION ALL
    SELECT CASE kind WHEN 'trigger' THEN 'warn' ELSE 'error' END, relation, kind, name, format('%s %s is %s, declared was %s', kind, name, definition_now, definition) FROM beside
     WHERE NOT gone AND valid_now <> valid
     UNION ALL
    SELECT 'error', relation, kind, name, format('constraint %s is not validated any more', name) FROM beside
     WHERE NOT gone AND valid_now = valid AND definition_now <> valid_now AND definition = valid
     UNION ALL
    SELECT 'warn', relation, kind, name, format('constraint %s is not validated: rows that were there before may break it', name) FROM beside
     WHERE NOT gone AND valid_now = valid AND definition_now <> valid_now AND definition <> valid
     UNION ALL
    SELECT 'warn', relation, kind, name, format('the comment on %s is %s', concat_ws(' ', kind, nullif(name, '')), CASE WHEN comment_now IS NULL THEN 'gone' ELSE 'another one' END) FROM beside
     WHERE NOT gone AND comment IS NOT NULL AND comment_now IS DISTINCT FROM comment
)
SELECT severity, relation, what FROM found ORDER BY severity, relation, kind, name
