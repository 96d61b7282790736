-- 1 when there is a ledger, else NULL. Asked of the catalog's rows, because to_regclass() may remember that the table was not there.
SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                          WHERE n.nspname = 'rehome' AND c.relname = 'version' AND c.relkind = 'r') THEN 1 END
