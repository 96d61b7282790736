-- Whether this ledger has benches: an older one that is only read may be without.
SELECT pg_catalog.to_regclass('rehome.bench') IS NOT NULL
