-- Names of the indexes of table $1 (an oid) in the order in which a new row meets them.
SELECT c.relname FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = $1::oid ORDER BY i.indexrelid
