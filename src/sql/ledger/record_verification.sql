-- Records what a verification of entity $2 of migration $1 found.
INSERT INTO rehome.verification (migration, entity, state, source_rows, target_rows, missing, extra, different, columns_left_out, examples, seconds, complaints, suspect,
                                 pass, source_snapshot, target_snapshot, holds_for, method)
VALUES ($1::bigint, $2, $3, $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9::text[],
        (SELECT coalesce(jsonb_agg(x::jsonb), '[]') FROM unnest($10::text[]) x), $11::float8, $12::text[], $13::bigint,
        nullif($14::bigint, 0), $15, $16, coalesce((SELECT started_at FROM rehome.verification_pass WHERE id = $14::bigint), now()),
        $17)
    ON CONFLICT (migration, entity) DO UPDATE
   SET state = excluded.state, source_rows = excluded.source_rows, target_rows = excluded.target_rows, missing = excluded.missing,
       extra = excluded.extra, different = excluded.different, columns_left_out = excluded.columns_left_out,
       examples = excluded.examples, seconds = excluded.seconds, complaints = excluded.complaints, suspect = excluded.suspect,
       pass = excluded.pass, source_snapshot = excluded.source_snapshot, target_snapshot = excluded.target_snapshot, holds_for = excluded.holds_for,
       method = excluded.method, verified_at = now(),
       verified_by = session_user
