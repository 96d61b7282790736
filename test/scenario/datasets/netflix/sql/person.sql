SELECT md5('nf:person:' || lower(btrim(n)))::uuid AS person_id, min(btrim(n) COLLATE "C") AS name,
       count(DISTINCT show_id)::int AS titles,
       jsonb_agg(DISTINCT show_id ORDER BY show_id) AS show_ids
  FROM (SELECT show_id, regexp_split_to_table(director, ',') AS n FROM netflix_shows
        UNION ALL SELECT show_id, regexp_split_to_table(cast_members, ',') FROM netflix_shows) q
 WHERE btrim(n) <> ''
 GROUP BY lower(btrim(n))
