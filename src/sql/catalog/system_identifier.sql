-- The number that tells this cluster from every other, kept by its physical copies. No parameters.
SELECT system_identifier FROM pg_catalog.pg_control_system();
