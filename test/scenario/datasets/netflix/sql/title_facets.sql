SELECT md5('nf:' || show_id)::uuid AS title_id,
       (SELECT array_agg(NULLIF(btrim(c), '') ORDER BY o) FILTER (WHERE btrim(c) <> '')
          FROM regexp_split_to_table(country, ',') WITH ORDINALITY AS u(c, o)) AS countries,
       (SELECT array_agg(btrim(g) ORDER BY o) FROM regexp_split_to_table(listed_in, ',') WITH ORDINALITY AS u(g, o)) AS genres
  FROM netflix_shows
