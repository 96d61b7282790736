-- Lets every role reach rehome.flag(); of the tables none becomes readable. No parameters.
DO $$ BEGIN
IF NOT pg_catalog.has_schema_privilege('public', 'rehome', 'USAGE')
   AND pg_catalog.pg_has_role((SELECT nspowner FROM pg_catalog.pg_namespace WHERE nspname = 'rehome'), 'USAGE') THEN
    GRANT USAGE ON SCHEMA rehome TO PUBLIC;
END IF;
END $$
