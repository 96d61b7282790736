-- Post-migration, 4: should be 0.
SELECT
  COUNT(*) as batches_without_items
FROM stock_batches sb
LEFT JOIN items i ON i.id = sb."itemId"
WHERE i.id IS NULL;
