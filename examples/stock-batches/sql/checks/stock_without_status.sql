-- Items with stock but without a status: the transform chooses one.
SELECT id, name, "quantityInStock"
FROM items
WHERE status IS NULL AND "quantityInStock" <> 0 AND (:'item' IS NULL OR id = :'item')
