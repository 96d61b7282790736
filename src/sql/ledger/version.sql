-- The highest version of the ledger that was installed; 0: none.
SELECT coalesce(max(version), 0) FROM rehome.version
