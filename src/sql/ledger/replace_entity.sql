-- Entity $2 of migration $1 changed before anything of it was moved: fingerprint $3, way $4, method $5.
UPDATE rehome.entity SET fingerprint = $3, way = $4, method = $5 WHERE migration = $1::bigint AND name = $2
