-- Parameters of migration $1: name, value.
SELECT p.key, p.value FROM rehome.migration m, pg_catalog.jsonb_each_text(m.params) p WHERE m.id = $1::bigint ORDER BY p.key COLLATE "C"
