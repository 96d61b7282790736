-- Writes the refused rows of entity number $1 as rejects: migration $2, entity $3, chunk $4, reason $5, SQLSTATE $6, constraint $7, message $8,
-- fingerprint $9; what stands in "told" $10, the entity's key $11; entities that fill the table referred to $12, the columns referred to $13.
WITH parent AS (
    SELECT DISTINCT ON (refers) refers, source_key
      FROM (SELECT r.id, r.source_key,
                   (SELECT array_agg(r.source_row ->> c.name ORDER BY c.number)
                      FROM unnest($13::text[]) WITH ORDINALITY AS c (name, number)) AS refers
              FROM rehome.reject AS r
             WHERE r.migration = $2::bigint AND r.entity = ANY ($12::text[])) AS r
     ORDER BY refers, id
)
INSERT INTO rehome.reject (migration, entity, chunk, reason, budgeted, source_key, source_row, driving_row, parked, sqlstate, constraint_name, message,
                           fingerprint)
SELECT $2::bigint, $3, $4::bigint, $5, true,
       coalesce(o.source_key,
                (SELECT jsonb_object_agg(t.name, t.value) FROM unnest($10::text[], o.told) AS t (name, value) WHERE t.name = ANY ($11::text[]))),
       coalesce(o.source_row, o.target_row), o.driving_row, parent.source_key, $6, $7, $8, $9
  FROM pg_temp.rehome_offender AS o
  LEFT JOIN parent ON parent.refers = o.refers
 WHERE o.entity = $1::int
 ORDER BY o.turn
