-- Over the items alone: joined to their batches first, an item with two batches would count twice.
SELECT sum("quantityInStock") AS quantity,
       sum("quantityInStock" * "costPerUnitUSD"::numeric) AS value,
       sum("freightCostUSD"::numeric) AS freight
FROM items
WHERE "costPerUnitUSD" IS NOT NULL AND ("quantityInStock" <> 0 OR status IS NOT NULL) AND (:'item' IS NULL OR id = :'item')
