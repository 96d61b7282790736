SELECT md5('nf:' || show_id)::uuid AS title_id, substr(show_id, 2)::int AS legacy_no,
       CASE type WHEN 'Movie' THEN 'movie' WHEN 'TV Show' THEN 'series' END AS kind,
       btrim(title, E' \t\n\r') AS title,
       CASE WHEN rating ~ '^[0-9]+ min$' THEN NULL ELSE NULLIF(rating, '') END AS rating,
       CASE WHEN coalesce(duration, CASE WHEN rating ~ '^[0-9]+ min$' THEN rating END) LIKE '% min'
            THEN split_part(coalesce(duration, rating), ' ', 1)::int END AS minutes,
       CASE WHEN duration LIKE '% Season%' THEN split_part(duration, ' ', 1)::int END AS seasons,
       release_year, date_added, description
  FROM netflix_shows
