-- Post-migration, 2: old_system_total = new_system_total, as long as no item has a second batch (the join repeats the item).
SELECT
  SUM(i."quantityInStock") as old_system_total,
  SUM(sb.quantity) as new_system_total
FROM items i
LEFT JOIN stock_batches sb ON sb."itemId" = i.id;
