-- Writes down the snapshot $2 that a process working on migration $1 exports.
UPDATE rehome.migration SET snapshot = $2 WHERE id = $1::bigint
