SELECT md5('nw:order:' || order_id)::uuid AS order_key, ship_name, ship_address, ship_city,
       NULLIF(btrim(ship_region), '') AS ship_region, NULLIF(btrim(ship_postal_code), '') AS ship_postal_code,
       upper(ship_country) AS ship_country
  FROM orders
