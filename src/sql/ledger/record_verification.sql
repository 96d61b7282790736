-- Records what a verification of entity $2 of migration $1 found.
INSERT INTO rehome.verification (migration, entity, state, source_rows, target_rows, missing, extra, different, columns_left_out, examples, seconds, complaints, suspect)
VALUES ($1::bigint, $2, $3, $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9::text[],
        (SELECT coalesce(jsonb_agg(x::jsonb), '[]') FROM unnest($10::text[]) x), $11::float8, $12::text[], $13::bigint)
    ON CONFLICT (migration, entity) DO UPDATE
   SET state = excluded.state, source_rows = excluded.source_rows, target_rows = excluded.target_rows, missing = excluded.missing,
       extra = excluded.extra, different = excluded.different, columns_left_out = excluded.columns_left_out,
       examples = excluded.examples, seconds = excluded.seconds, complaints = excluded.complaints, suspect = excluded.suspect, verified_at = now(),
       verified_by = session_user
