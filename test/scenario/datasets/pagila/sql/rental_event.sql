SELECT md5('pagila:rental:' || r.rental_id || ':' || e.kind)::uuid            AS event_id,
       e.kind                                                                 AS kind,
       e.at                                                                   AS occurred_at,
       encode(sha256(convert_to('pagila:v1:customer:' || r.customer_id, 'UTF8')), 'hex') AS customer_token,
       r.inventory_id, r.staff_id,
       CASE WHEN e.kind = 'returned' THEN r.return_date - r.rental_date END   AS held_for
  FROM rental r
 CROSS JOIN LATERAL (VALUES ('rented', r.rental_date), ('returned', r.return_date)) AS e(kind, at)
 WHERE e.at IS NOT NULL
