-- The version of the ledger; NULL when there is none, 0 when the schema is half there.
SELECT CASE WHEN pg_catalog.to_regclass('rehome.version') IS NULL THEN NULL ELSE 1 END
