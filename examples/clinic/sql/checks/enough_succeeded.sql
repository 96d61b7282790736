-- The aim is that 99.5 % of all records succeed, per table.
SELECT entity_type, total_records, error_records
  FROM rehome.migration_progress
 WHERE migration = 'clinic' AND error_records > total_records * 0.005 + 1
