-- Rows of the target that were chosen and which the source's choice has brought already, or that lack a part of their key.
DELETE FROM pg_temp.rehome_sample AS t WHERE t.key IS NOT NULL AND (array_position(t.key, NULL) IS NOT NULL OR EXISTS (SELECT FROM pg_temp.rehome_source AS s WHERE s.key = t.key))
