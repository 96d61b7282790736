-- Phase 3, 4: check for data loss. No row: nothing is lost.
SELECT
  i.id,
  i.name,
  i."quantityInStock" as original_quantity,
  COALESCE(SUM(sb.quantity), 0) as batch_quantity,
  i."quantityInStock" - COALESCE(SUM(sb.quantity), 0) as difference
FROM items i
LEFT JOIN stock_batches sb ON sb."itemId" = i.id
GROUP BY i.id, i.name, i."quantityInStock"
HAVING i."quantityInStock" != COALESCE(SUM(sb.quantity), 0);
