SELECT rehome.uuid('offices', o.id) AS id,
       o.id AS legacy_id,
       o.name,
       nullif(trim(o.phone), '') AS phone,
       jsonb_strip_nulls(jsonb_build_object('street', o.street, 'city', o.city, 'country', o.country)) AS address,
       o.timezone
  FROM dispatch_office o
