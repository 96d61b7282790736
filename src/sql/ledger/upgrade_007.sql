-- The ledger, version 7: which process did a step, and who is connected for a run.
ALTER TABLE rehome.step ADD COLUMN worker text;
COMMENT ON COLUMN rehome.step.worker IS 'Who did it: host:pid:number.';

CREATE TABLE rehome.worker (
    run bigint NOT NULL REFERENCES rehome.run ON DELETE CASCADE,
    number integer NOT NULL,
    name text NOT NULL,
    backend integer NOT NULL DEFAULT pg_catalog.pg_backend_pid(),
    backend_started timestamptz,
    connected_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (run, number)
);
COMMENT ON COLUMN rehome.run.state IS 'running, done, failed, stopped; gone: it was killed or cut off, as the next run found.';
COMMENT ON TABLE rehome.run IS 'One row per process that worked on a migration.';
COMMENT ON TABLE rehome.worker IS 'Sessions on the target that work for a run. Nothing depends on them: what one holds is a row lock, which goes with it.';
COMMENT ON COLUMN rehome.worker.run IS 'The process that it belongs to.';
COMMENT ON COLUMN rehome.worker.connected_at IS 'When the session was opened.';
COMMENT ON COLUMN rehome.worker.number IS '0: the main thread; 1, 2, ...: workers.';
COMMENT ON COLUMN rehome.worker.name IS 'host:pid:number, as in rehome.chunk.';
COMMENT ON COLUMN rehome.worker.backend IS 'Process of the server, as in pg_stat_activity and pg_locks.';
COMMENT ON COLUMN rehome.worker.backend_started IS 'Tells it from a later process of that number.';
