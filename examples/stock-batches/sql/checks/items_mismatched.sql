SELECT coalesce(sum(CASE WHEN matched THEN 0 ELSE 1 END), 0) AS items_mismatched,
       coalesce(sum(CASE WHEN matched THEN 1 ELSE 0 END), 0) AS items_matched,
       count(*) AS total_items_checked
FROM (
    SELECT i.id, i."quantityInStock" = coalesce(sum(sb.quantity), 0) AS matched
    FROM items AS i
    LEFT JOIN stock_batches AS sb ON sb."itemId" = i.id
    WHERE :'item' IS NULL OR i.id = :'item'
    GROUP BY i.id, i."quantityInStock"
) AS verification
