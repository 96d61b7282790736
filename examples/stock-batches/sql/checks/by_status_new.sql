SELECT sb.status, count(*) AS items, sum(sb.quantity) AS quantity
FROM stock_batches AS sb
JOIN items AS i ON i.id = sb."itemId"
WHERE i.status IS NOT NULL AND (:'item' IS NULL OR i.id = :'item')
GROUP BY sb.status
ORDER BY sb.status
