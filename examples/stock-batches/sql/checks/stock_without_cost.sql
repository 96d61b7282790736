-- Items with stock but without a price. The rule no_cost would leave their stock behind; give them a price first.
SELECT id, name, "quantityInStock"
FROM items
WHERE "costPerUnitUSD" IS NULL AND "quantityInStock" <> 0 AND (:'item' IS NULL OR id = :'item')
