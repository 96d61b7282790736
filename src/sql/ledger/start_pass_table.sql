-- Pass $1 compares table $2, which is ($3), in $4 buckets with bounds $5, by parts of entities $6 from $7 to $8, when ($9) had been moved.
WITH earlier AS (
    DELETE FROM rehome.verification_part WHERE pass = $1::bigint AND relation = $2
), made AS (
    INSERT INTO rehome.verification_table (pass, relation, identity, buckets, bounds, moved) VALUES ($1::bigint, $2, $3, $4::int, $5::text[], $9)
        ON CONFLICT (pass, relation) DO UPDATE SET identity = excluded.identity, buckets = excluded.buckets, bounds = excluded.bounds, moved = excluded.moved
)
INSERT INTO rehome.verification_part (pass, relation, number, entity, low, high)
SELECT $1::bigint, $2, p.number - 1, p.entity, p.low, p.high
  FROM unnest($6::text[], $7::text[], $8::text[]) WITH ORDINALITY AS p (entity, low, high, number)
    ON CONFLICT (pass, relation, number) DO UPDATE SET entity = excluded.entity, low = excluded.low, high = excluded.high, rows = NULL,
       buckets = NULL, counts = NULL, sums = NULL, snapshot = NULL, versions = NULL, done_at = NULL
