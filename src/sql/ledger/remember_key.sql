-- Notes the check value $2 of the key that the migration $1 uses.
UPDATE rehome.migration SET key_check = $2 WHERE id = $1::bigint AND key_check IS NULL
