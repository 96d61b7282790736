-- Rows of entity $2 of migration $1 that the target refused: the values of the key $3, what tells each by its columns $4 (with the key before it when $5),
-- how often it is there, each as an array; how many there are in all. The mapped key may be called as the driving key, so it is looked for in the row, too.
-- Rows as `load` has made them, with all its columns $6, when $7, else the others.
WITH refused AS (
    SELECT ARRAY(SELECT r.source_key ->> c.name FROM unnest($3::text[]) WITH ORDINALITY AS c (name, number) ORDER BY c.number)::text AS by_key,
           ARRAY(SELECT r.source_row ->> c.name FROM unnest($3::text[]) WITH ORDINALITY AS c (name, number) ORDER BY c.number)::text AS by_row,
           ARRAY(SELECT r.source_row ->> c.name FROM unnest($4::text[]) WITH ORDINALITY AS c (name, number) ORDER BY c.number)::text AS told
      FROM rehome.reject r
     WHERE r.migration = $1::bigint AND r.entity = $2 AND r.sqlstate IS NOT NULL AND r.source_row IS NOT NULL
       AND $7::boolean = ($6::text[] IS NOT NULL AND r.driving_row IS NULL AND r.source_row ?& coalesce($6::text[], '{}'))
), counted AS (
    SELECT CASE WHEN $5::boolean THEN by_key ELSE '' END || told AS id, count(*) AS times FROM refused GROUP BY 1
)
SELECT (SELECT array_agg(by_key)::text FROM (SELECT by_key FROM refused UNION SELECT by_row FROM refused WHERE NOT $5::boolean) AS s),
       array_agg(id ORDER BY id)::text, array_agg(times ORDER BY id)::text, sum(times)
  FROM counted
