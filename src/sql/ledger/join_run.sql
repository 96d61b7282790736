-- This session is worker $2, called $3, of run $1.
INSERT INTO rehome.worker (run, number, name, backend_started)
VALUES ($1::bigint, $2::int, $3, (SELECT backend_start FROM pg_catalog.pg_stat_activity WHERE pid = pg_catalog.pg_backend_pid()))
    ON CONFLICT (run, number) DO UPDATE
       SET name = excluded.name, backend = excluded.backend, backend_started = excluded.backend_started, connected_at = excluded.connected_at
