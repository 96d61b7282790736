-- Entity $2 of migration $1 was mended: its fingerprint is $3 now, which the events tell.
WITH mended AS (
    UPDATE rehome.entity SET fingerprint = $3 WHERE migration = $1::bigint AND name = $2 AND fingerprint <> $3
    RETURNING name)
INSERT INTO rehome.event (migration, event, entity, message)
SELECT $1::bigint, 'entity.mended', name, 'what it writes was changed, and its rejects were tried again' FROM mended
