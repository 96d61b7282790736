-- Batches that know more about their order than the item they were made from.
SELECT sb.id, sb."itemId"
FROM stock_batches AS sb
JOIN items AS i ON i.id = sb."itemId" AND sb.id = md5('stock_batch:' || i.id)::uuid::text
WHERE sb."orderDate" IS DISTINCT FROM i."orderDate" AND (:'item' IS NULL OR i.id = :'item')
