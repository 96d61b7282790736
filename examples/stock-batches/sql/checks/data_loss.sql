-- What is there of an item, and what is there of it in batches, where they differ: no row.
SELECT i.id,
       i.name,
       i."quantityInStock" AS original_quantity,
       coalesce(sum(sb.quantity), 0) AS batch_quantity,
       i."quantityInStock" - coalesce(sum(sb.quantity), 0) AS difference
FROM items AS i
LEFT JOIN stock_batches AS sb ON sb."itemId" = i.id
WHERE :'item' IS NULL OR i.id = :'item'
GROUP BY i.id, i.name, i."quantityInStock"
HAVING i."quantityInStock" <> coalesce(sum(sb.quantity), 0)
