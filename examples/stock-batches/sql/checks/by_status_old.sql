SELECT status, count(*) AS items, sum("quantityInStock") AS quantity
FROM items
WHERE status IS NOT NULL AND "costPerUnitUSD" IS NOT NULL AND (:'item' IS NULL OR id = :'item')
GROUP BY status
ORDER BY status
