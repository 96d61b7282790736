-- Sets flag $1 to $2, unless it has that value, and tells it as an event of the migration that brought it.
WITH changed AS (
    UPDATE rehome.flag SET value = $2::boolean, changed_at = pg_catalog.now(), changed_by = session_user
     WHERE name = $1 AND value <> $2::boolean RETURNING name, value, migration
), told AS (
    INSERT INTO rehome.event (migration, event, message)
    SELECT m.id, 'flag.changed', c.name || CASE WHEN c.value THEN ' on' ELSE ' off' END
      FROM changed c JOIN rehome.migration m ON m.name = c.migration
)
SELECT name FROM changed
