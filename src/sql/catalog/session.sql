-- The session's search path: the schemas that exist and may be used, and the setting to put back. No parameters.
SELECT pg_catalog.current_schemas(false), pg_catalog.current_setting('search_path');
