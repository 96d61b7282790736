-- A process begins to work on migration $1: host $2, pid $3, program $4, source $5.
INSERT INTO rehome.run (migration, host, pid, program, source) VALUES ($1::bigint, $2, $3::int, $4, $5) RETURNING id
