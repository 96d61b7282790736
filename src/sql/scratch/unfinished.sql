-- Databases of restores that were killed half-way. No parameters. Gives the name.
SELECT datname FROM pg_catalog.pg_database WHERE datname LIKE 'restore\_%' ORDER BY datname COLLATE "C"
