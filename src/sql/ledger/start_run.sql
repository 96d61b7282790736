-- A process begins to work on migration $1: host $2, pid $3, program $4, source $5 of version $6, target $7, dump $8, files $9 (JSON).
INSERT INTO rehome.run (migration, host, pid, program, source, source_version, target, target_version, dump, files)
VALUES ($1::bigint, $2, $3::int, $4, $5, $6, $7, pg_catalog.current_setting('server_version'), $8, $9::jsonb)
RETURNING id
