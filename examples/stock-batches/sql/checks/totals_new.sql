SELECT sum(quantity) AS quantity,
       sum(quantity * "costPerUnitUSD"::numeric) AS value,
       sum("freightCostUSD"::numeric) AS freight
FROM stock_batches
WHERE :'item' IS NULL OR "itemId" = :'item'
