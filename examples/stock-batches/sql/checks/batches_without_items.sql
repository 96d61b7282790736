SELECT count(*) AS batches_without_items
FROM stock_batches AS sb
LEFT JOIN items AS i ON i.id = sb."itemId"
WHERE i.id IS NULL
