WITH src AS (
  SELECT 2 AS prio, 'customer' AS role, customer_id AS src_id, store_id, address_id,
         lower(btrim(email)) AS email_norm, first_name, last_name,
         active = 1 AS is_active, activebool IS DISTINCT FROM (active = 1) AS flag_conflict,
         NULL::text AS username, last_update
    FROM customer
  UNION ALL
  SELECT 1, 'staff', staff_id, store_id, address_id,
         lower(btrim(email)), first_name, last_name,
         active, false, username, last_update
    FROM staff
)
SELECT md5('pagila:person:' || email_norm)::uuid                              AS person_id,
       email_norm                                                             AS email,
       (array_agg(CASE WHEN first_name = upper(first_name) THEN initcap(first_name) ELSE first_name END
                  ORDER BY prio, last_update DESC, src_id))[1]                AS first_name,
       (array_agg(CASE WHEN last_name  = upper(last_name)  THEN initcap(last_name)  ELSE last_name  END
                  ORDER BY prio, last_update DESC, src_id))[1]                AS last_name,
       array_agg(DISTINCT role ORDER BY role)                                 AS roles,
       CASE WHEN bool_or(is_active) THEN 'active' ELSE 'inactive' END         AS status,
       jsonb_agg(jsonb_build_object('table', role, 'id', src_id, 'store_id', store_id,
                                    'address_id', address_id, 'username', username,
                                    'flag_conflict', flag_conflict)
                 ORDER BY role, src_id)                                       AS sources
  FROM src
 GROUP BY email_norm
