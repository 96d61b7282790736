SELECT rehome.uuid('template products', p.id) AS id,
       p.id AS legacy_id,
       nullif(trim(p.sku), '') AS sku,
       p.name,
       p.price
  FROM dispatch_product p
