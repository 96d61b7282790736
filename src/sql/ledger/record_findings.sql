-- What a verification of migration $1 found beside the rows, in place of what an earlier one did: severities $2, tables $3, what $4.
WITH gone AS (DELETE FROM rehome.finding WHERE migration = $1::bigint)
INSERT INTO rehome.finding (migration, severity, relation, what)
SELECT $1::bigint, f.severity, f.relation, f.what
  FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS f (severity, relation, what, n) ORDER BY f.n
