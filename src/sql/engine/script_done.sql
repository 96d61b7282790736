-- Script step $2 of kind $3 of migration $1 was run; its text is $4.
INSERT INTO rehome.step (migration, name, position, kind, reason, action, state, done_at)
VALUES ($1::bigint, $2, -1, $3, 'the manifest names it', $4, 'done', clock_timestamp())
    ON CONFLICT (migration, name) DO UPDATE SET state = 'done', action = excluded.action, done_at = excluded.done_at
