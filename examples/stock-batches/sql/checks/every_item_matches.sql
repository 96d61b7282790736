-- Both systems have the same quantity of every item.
SELECT *
FROM (
    SELECT i.id,
           i.name,
           i."quantityInStock" AS old_system_qty,
           coalesce(sum(sb.quantity), 0) AS new_system_qty,
           CASE WHEN i."quantityInStock" = coalesce(sum(sb.quantity), 0) THEN '✅ MATCH' ELSE '❌ MISMATCH' END AS status
    FROM items AS i
    LEFT JOIN stock_batches AS sb ON sb."itemId" = i.id
    WHERE :'item' IS NULL OR i.id = :'item'
    GROUP BY i.id, i.name, i."quantityInStock"
) AS compared
WHERE status <> '✅ MATCH'
