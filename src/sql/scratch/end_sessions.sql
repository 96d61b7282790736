-- Ends what a killed restore left running. $1 name of its database. Gives one row for each session.
SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity WHERE datname = $1
