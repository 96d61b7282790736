SELECT count(*)
FROM items
WHERE ("quantityInStock" <> 0 OR status IS NOT NULL) AND "costPerUnitUSD" IS NOT NULL AND (:'item' IS NULL OR id = :'item')
