SELECT md5('nw:customer:' || customer_id)::uuid AS party_id, 'customer' AS kind, customer_id::text AS legacy_id,
       btrim(company_name) AS display_name, upper(country) AS country_code,
       jsonb_strip_nulls(jsonb_build_object('contact', contact_name, 'title', contact_title, 'address', address,
         'city', city, 'region', region, 'postal_code', postal_code, 'phone', phone, 'fax', fax)) AS details
  FROM customers
UNION ALL
SELECT md5('nw:supplier:' || supplier_id)::uuid, 'supplier', supplier_id::text, btrim(company_name), upper(country),
       jsonb_strip_nulls(jsonb_build_object('contact', contact_name, 'title', contact_title, 'address', address,
         'city', city, 'region', region, 'postal_code', postal_code, 'phone', phone, 'fax', fax,
         'homepage', NULLIF(btrim(homepage, '#'), '')))
  FROM suppliers
UNION ALL
SELECT md5('nw:shipper:' || shipper_id)::uuid, 'shipper', shipper_id::text, btrim(company_name), NULL,
       jsonb_strip_nulls(jsonb_build_object('phone', phone))
  FROM shippers
UNION ALL
SELECT md5('nw:employee:' || employee_id)::uuid, 'employee', employee_id::text, first_name || ' ' || last_name, upper(country),
       jsonb_strip_nulls(jsonb_build_object('title', title, 'courtesy', title_of_courtesy, 'address', address,
         'city', city, 'region', region, 'postal_code', postal_code, 'phone', home_phone, 'extension', extension,
         'notes', notes))
  FROM employees
