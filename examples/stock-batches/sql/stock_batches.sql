-- One batch for each item. Its id is made from the item's, so that every run gives the same batch.
-- arrivedDate stays NULL: the items do not say.
SELECT md5('stock_batch:' || id)::uuid::text AS id,
       "quantityInStock" AS quantity,
       -- a batch must have a status: what lies on the shelf is in stock, the rest has to be ordered
       coalesce(status, CASE WHEN "quantityInStock" > 0 THEN 'InStock' ELSE 'ToOrder' END::"Status") AS status,
       "costPerUnitUSD",
       coalesce("freightCostUSD", 0) AS "freightCostUSD",
       "orderDate",                                   -- NULL stays NULL: nobody knows when it was ordered
       "expectedArrival",
       "orderNumber",
       notes,
       "createdAt",
       "updatedAt",
       id AS "itemId",
       "locationId",
       "assignedUserId"
FROM items
