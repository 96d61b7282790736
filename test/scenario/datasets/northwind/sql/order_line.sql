SELECT md5('nw:line:' || order_id || ':' || product_id)::uuid AS line_id,
       md5('nw:order:' || order_id)::uuid AS order_key, product_id::int AS product_id,
       quantity::int AS quantity, unit_price::text::numeric(12,4) AS unit_price,
       discount::text::numeric(5,4) AS discount,
       row_number() OVER (PARTITION BY order_id ORDER BY product_id)::int AS line_no
  FROM order_details
