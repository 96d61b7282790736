-- Phase 3, 3: verify that quantities match.
SELECT
  COUNT(*) as total_items_checked,
  SUM(CASE WHEN matched THEN 1 ELSE 0 END) as items_matched,
  SUM(CASE WHEN matched THEN 0 ELSE 1 END) as items_mismatched
FROM (
  SELECT
    i.id,
    i."quantityInStock" = COALESCE(SUM(sb.quantity), 0) as matched
  FROM items i
  LEFT JOIN stock_batches sb ON sb."itemId" = i.id
  GROUP BY i.id, i."quantityInStock"
) verification;
