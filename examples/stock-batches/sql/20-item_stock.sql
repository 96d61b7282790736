-- One answer for items that have batches and for items that have none yet, so that the application need not know which is which.
--
-- locations holds each location once, as {"id", "name"}; it is [null] where an item is nowhere in particular.

CREATE OR REPLACE VIEW item_stock AS
SELECT i.id,
       i.name,
       CASE WHEN b.batches > 0 THEN b.quantity ELSE i."quantityInStock" END AS "totalQuantity",
       CASE WHEN b.batches > 0 THEN b.locations
            ELSE jsonb_build_array(CASE WHEN l.id IS NOT NULL THEN jsonb_build_object('id', l.id, 'name', l.name) END) END AS locations,
       CASE WHEN b.batches > 0 THEN b.statuses ELSE ARRAY[i.status] END AS statuses,
       b.batches > 0 AS "usingBatchSystem"
FROM items AS i
LEFT JOIN locations AS l ON l.id = i."locationId"
CROSS JOIN LATERAL (
    SELECT count(*) AS batches,
           sum(sb.quantity) AS quantity,
           jsonb_agg(DISTINCT CASE WHEN bl.id IS NOT NULL THEN jsonb_build_object('id', bl.id, 'name', bl.name) END) AS locations,
           array_agg(DISTINCT sb.status) AS statuses
    FROM stock_batches AS sb
    LEFT JOIN locations AS bl ON bl.id = sb."locationId"
    WHERE sb."itemId" = i.id
) AS b;
