-- The view gives every item the quantity and the location that the item itself gives, and its status where it has one.
SELECT s.id
FROM item_stock AS s
JOIN items AS i USING (id)
WHERE (s."totalQuantity" <> i."quantityInStock"
       OR s.locations -> 0 ->> 'id' IS DISTINCT FROM i."locationId"
       OR s.statuses <> ARRAY[i.status] AND i.status IS NOT NULL)
  AND (:'item' IS NULL OR s.id = :'item')
