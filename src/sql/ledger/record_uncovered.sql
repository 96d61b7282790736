-- What migration $1 does not cover on side $2, in place of what was known before: names $3, kinds $4, relations $5, columns $6, reasons $7.
WITH earlier AS (
    DELETE FROM rehome.uncovered WHERE migration = $1::bigint AND side = $2
)
INSERT INTO rehome.uncovered (migration, side, name, kind, relation, column_name, reason)
SELECT $1::bigint, $2, u.name, u.kind, u.relation, u.column_name, u.reason
  FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY AS u (name, kind, relation, column_name, reason, n)
 ORDER BY u.n
