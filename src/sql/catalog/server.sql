-- One row about the server, the database and the role, and what of the rest the role may ask for. No parameters.
SELECT d.datname,
       current_user,
       pg_catalog.pg_encoding_to_char(d.encoding),
       d.datcollate,
       pg_catalog.pg_is_in_recovery(),
       r.rolsuper,
       pg_catalog.has_database_privilege(d.oid, 'CREATE'),
       pg_catalog.has_function_privilege(pg_catalog.to_regprocedure('pg_catalog.pg_control_system()'), 'EXECUTE'),
       pg_catalog.has_table_privilege(pg_catalog.to_regclass('pg_catalog.pg_largeobject_metadata'), 'SELECT'),
       pg_catalog.has_database_privilege(d.oid, 'TEMPORARY')
  FROM pg_catalog.pg_database d,
       pg_catalog.pg_roles r
 WHERE d.datname = pg_catalog.current_database()
   AND r.rolname = current_user;
