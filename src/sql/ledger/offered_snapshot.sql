-- The snapshot that a process working on migration $1 wrote down last, alive or not.
SELECT snapshot FROM rehome.migration WHERE id = $1::bigint
