-- Keeps the odd rows, those that nobody writes, for a repair by migration $1, in place of what was kept for these entities ($2, in the order of their numbers).
WITH gone AS (DELETE FROM rehome.repair WHERE migration = $1::bigint AND entity = ANY ($2::text[]))
INSERT INTO rehome.repair (migration, entity, kind, key, driving)
SELECT $1::bigint, ($2::text[])[o.entity], o.what, o.key, o.driving FROM pg_temp.rehome_odd AS o WHERE NOT o.suspect
