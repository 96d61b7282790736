-- The greatest id of a reject of migration $1; 0: there is none.
SELECT coalesce(max(id), 0) FROM rehome.reject WHERE migration = $1::bigint
