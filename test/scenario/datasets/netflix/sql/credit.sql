SELECT md5('nf:' || s.show_id)::uuid AS title_id, x.role, x.pos::int AS pos,
       md5('nf:person:' || lower(btrim(x.name)))::uuid AS person_id, btrim(x.name) AS credited_as
  FROM netflix_shows s
 CROSS JOIN LATERAL (
   SELECT 'director' AS role, n.name, n.pos FROM regexp_split_to_table(s.director, ',') WITH ORDINALITY AS n(name, pos)
   UNION ALL
   SELECT 'cast', n.name, n.pos FROM regexp_split_to_table(s.cast_members, ',') WITH ORDINALITY AS n(name, pos)) x
 WHERE btrim(x.name) <> ''
