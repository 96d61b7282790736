SELECT rehome.uuid('orders', o.id) AS id,
       o.id AS legacy_id,
       rehome.uuid('cases', o.case_id) AS case_id,
       rehome.uuid('template products', o.product_id) AS product_id,
       o.quantity,
       o.price,
       o.status,
       o.ordered_at AT TIME ZONE 'Europe/Berlin' AS ordered_at,
       o.shipped_at AT TIME ZONE 'Europe/Berlin' AS shipped_at
  FROM dispatch_order o
