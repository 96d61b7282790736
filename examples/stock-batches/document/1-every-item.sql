-- Phase 1, step 5: shows that both systems have the same data.
SELECT
  i.id,
  i.name,
  i."quantityInStock" as old_system_qty,
  COALESCE(SUM(sb.quantity), 0) as new_system_qty,
  CASE
    WHEN i."quantityInStock" = COALESCE(SUM(sb.quantity), 0)
    THEN '✅ MATCH'
    ELSE '❌ MISMATCH'
  END as status
FROM items i
LEFT JOIN stock_batches sb ON sb."itemId" = i.id
GROUP BY i.id, i.name, i."quantityInStock"
ORDER BY i.name;
