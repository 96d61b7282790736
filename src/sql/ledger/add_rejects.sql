-- Writes rejects of migration $1: entities $2, chunks $3, reasons $4, budgeted $5, sources $6, keys $7, rows $8, driving rows $9, parked under $10,
-- SQLSTATEs $11, constraints $12, columns $13, messages $14, fingerprints $15, attempts $16. A row that holds \u0000, which jsonb cannot, is kept as one
-- string.
INSERT INTO rehome.reject (migration, entity, chunk, reason, budgeted, source, source_key, source_row, driving_row, parked, sqlstate,
                           constraint_name, column_name, message, fingerprint, attempt)
SELECT $1::bigint, r.entity, r.chunk, r.reason, r.budgeted, r.source,
       CASE WHEN strpos(r.source_key, '\u0000') > 0 THEN to_jsonb(r.source_key) ELSE r.source_key::jsonb END,
       CASE WHEN strpos(r.source_row, '\u0000') > 0 THEN to_jsonb(r.source_row) ELSE r.source_row::jsonb END,
       CASE WHEN strpos(r.driving_row, '\u0000') > 0 THEN to_jsonb(r.driving_row) ELSE r.driving_row::jsonb END,
       r.parked::jsonb, r.sqlstate, r.constraint_name, r.column_name, r.message, r.fingerprint, r.attempt
  FROM unnest($2::text[], $3::bigint[], $4::text[], $5::boolean[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
              $12::text[], $13::text[], $14::text[], $15::text[], $16::int[])
       WITH ORDINALITY AS r (entity, chunk, reason, budgeted, source, source_key, source_row, driving_row, parked, sqlstate, constraint_name,
                             column_name, message, fingerprint, attempt, place)
 ORDER BY r.place
