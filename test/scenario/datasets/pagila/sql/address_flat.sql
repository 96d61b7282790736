SELECT md5('pagila:address:' || a.address_id)::uuid                           AS address_id,
       a.address_id                                                           AS legacy_address_id,
       btrim(a.address)                                                       AS line1,
       NULLIF(btrim(a.address2), '')                                          AS line2,
       NULLIF(btrim(a.district), '')                                          AS district,
       c.city, co.country,
       NULLIF(btrim(a.postal_code), '')                                       AS postal_code,
       NULLIF(regexp_replace(a.phone, '[^0-9+]', '', 'g'), '')                AS phone,
       (SELECT count(*) FROM customer x WHERE x.address_id = a.address_id)
     + (SELECT count(*) FROM staff    x WHERE x.address_id = a.address_id)
     + (SELECT count(*) FROM store    x WHERE x.address_id = a.address_id)    AS used_by
  FROM address a JOIN city c USING (city_id) JOIN country co USING (country_id)
