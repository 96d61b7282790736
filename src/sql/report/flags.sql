-- Feature flags that migration $1 brought: name, value, when and by whom it was added or last set.
SELECT f.name, CASE WHEN f.value THEN 'on' ELSE 'off' END, f.changed_at, f.changed_by
  FROM rehome.flag f JOIN rehome.migration m ON m.name = f.migration WHERE m.id = $1::bigint ORDER BY f.name COLLATE "C"
