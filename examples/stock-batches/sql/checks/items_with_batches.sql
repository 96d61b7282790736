SELECT count(DISTINCT "itemId")
FROM stock_batches
WHERE :'item' IS NULL OR "itemId" = :'item'
