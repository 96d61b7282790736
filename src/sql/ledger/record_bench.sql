-- Records bench $2 of migration $1: fingerprint $3, state $4, why $5, old ms $6, new ms $7, queries $8 and $9, runs $10, position $11.
INSERT INTO rehome.bench (migration, name, fingerprint, state, why, old_ms, new_ms, ratio, old_queries, new_queries, runs, position)
VALUES ($1::bigint, $2, $3, $4, $5, $6::float8, $7::float8, $6::float8 / nullif($7::float8, 0), $8::int, $9::int, $10::int, $11::int)
    ON CONFLICT (migration, name)
    DO UPDATE SET fingerprint = excluded.fingerprint, state = excluded.state, why = excluded.why, old_ms = excluded.old_ms,
                  new_ms = excluded.new_ms, ratio = excluded.ratio, old_queries = excluded.old_queries,
                  new_queries = excluded.new_queries, runs = excluded.runs, position = excluded.position, measured_at = now()
