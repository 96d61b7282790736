-- Post-migration, 1: batch_count = item_count, if every item has stock or a status, and a price.
SELECT
  (SELECT COUNT(*) FROM items) as item_count,
  (SELECT COUNT(*) FROM stock_batches) as batch_count;
