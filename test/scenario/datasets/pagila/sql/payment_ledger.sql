SELECT md5('pagila:payment:' || p.payment_id)::uuid                           AS entry_id,
       p.payment_date                                                         AS booked_at,
       (p.amount * 100)::bigint                                               AS amount_minor,
       'USD'::char(3)                                                         AS currency,
       encode(sha256(convert_to('pagila:v1:customer:' || p.customer_id, 'UTF8')), 'hex') AS customer_token,
       jsonb_build_object(
         'payment_id', p.payment_id, 'rental_id', p.rental_id, 'staff_id', p.staff_id,
         'source_partition', (SELECT relname FROM pg_class WHERE oid = p.tableoid),
         'film', jsonb_build_object('film_id', f.film_id, 'title', f.title, 'rating', f.rating,
                                    'special_features', to_jsonb(f.special_features))) AS details
  FROM payment p
  JOIN rental    r ON r.rental_id    = p.rental_id
  JOIN inventory i ON i.inventory_id = r.inventory_id
  JOIN film      f ON f.film_id      = i.film_id
