-- Records a pass of migration $1 by method $2, which came out as $3, over the entities $4, with what it found $5: of $6 percent of the rows by seed $7, in $8 seconds.
INSERT INTO rehome.verification_pass (migration, method, state, entities, findings, percent, seed, started_at, finished_at)
VALUES ($1::bigint, $2, $3, $4::text[], $5::text[], nullif($6::float8, 0), CASE WHEN $6::float8 > 0 THEN $7::int END,
        clock_timestamp() - $8::float8 * interval '1 second', clock_timestamp())
