-- Phase 3, 2: count items with batches.
SELECT COUNT(DISTINCT "itemId") as items_with_batches FROM stock_batches;
