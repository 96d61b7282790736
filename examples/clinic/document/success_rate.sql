-- Run on the new database: per table how many records there were, how many arrived, and whether that is 99.5 % (or one record short of it).
SELECT entity_type, total_records, migrated_records, error_records,
       migrated_records >= total_records * 0.995 - 1 AS enough
  FROM rehome.migration_progress WHERE migration = 'clinic' ORDER BY entity_type COLLATE "C";
