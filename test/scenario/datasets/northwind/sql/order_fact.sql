SELECT md5('nw:order:' || o.order_id)::uuid AS order_key, o.order_id::int AS legacy_order_id,
       md5('nw:customer:' || o.customer_id)::uuid AS customer_id,
       md5('nw:employee:' || o.employee_id)::uuid AS employee_id,
       md5('nw:shipper:'  || o.ship_via)::uuid    AS shipper_id,
       o.order_date, o.required_date, o.shipped_date,
       CASE WHEN o.shipped_date IS NULL THEN 'open'
            WHEN o.shipped_date > o.required_date THEN 'shipped_late' ELSE 'shipped' END AS status,
       o.freight::text::numeric(10,2) AS freight,
       (SELECT sum(round(d.unit_price::text::numeric * d.quantity * (1 - d.discount::text::numeric), 4))
          FROM order_details d WHERE d.order_id = o.order_id) AS goods_total
  FROM orders o
