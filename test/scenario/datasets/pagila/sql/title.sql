SELECT md5('pagila:film:' || f.film_id)::uuid                                 AS title_id,
       f.film_id                                                              AS legacy_film_id,
       f.title, f.description, f.release_year::int                            AS release_year,
       CASE f.rating WHEN 'PG-13' THEN 'pg13' WHEN 'NC-17' THEN 'nc17'
                     ELSE lower(f.rating::text) END                           AS rating_code,
       f.special_features,
       make_interval(mins => f.length)                                        AS running_time,
       btrim(l.name)                                                          AS language,
       (SELECT array_agg(c.name ORDER BY c.name)
          FROM film_category fc JOIN category c USING (category_id)
         WHERE fc.film_id = f.film_id)                                        AS categories,
       (SELECT jsonb_agg(jsonb_build_object('actor_id', a.actor_id, 'name', a.first_name || ' ' || a.last_name)
                         ORDER BY a.actor_id)
          FROM film_actor fa JOIN actor a USING (actor_id)
         WHERE fa.film_id = f.film_id)                                        AS cast_json
  FROM film f JOIN language l ON l.language_id = f.language_id
