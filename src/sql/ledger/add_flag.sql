-- Adds the flag $1 with its first value $2, which the migration $3 brings; one that is there stays.
INSERT INTO rehome.flag (name, value, migration) SELECT $1, $2::boolean, $3
 WHERE NOT EXISTS (SELECT FROM rehome.flag f WHERE f.name = $1)
ON CONFLICT (name) DO NOTHING
