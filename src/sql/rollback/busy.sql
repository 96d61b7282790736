-- Who works on the migration of which sessions are called $1…: pid and name, not this session.
SELECT a.pid, a.application_name
  FROM pg_catalog.pg_stat_activity a
 WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
   AND pg_catalog.left(a.application_name, pg_catalog.length($1)) = $1
 ORDER BY a.pid LIMIT 5
