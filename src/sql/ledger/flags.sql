-- All flags: name, value, migration, when (UTC) and by whom changed. No parameters.
SELECT f.name, f.value, f.migration,
       pg_catalog.to_char(f.changed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), f.changed_by
  FROM rehome.flag f ORDER BY f.name COLLATE "C"
