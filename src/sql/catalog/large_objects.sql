-- How many large objects the database has. No parameters.
SELECT pg_catalog.count(*) FROM pg_catalog.pg_largeobject_metadata;
