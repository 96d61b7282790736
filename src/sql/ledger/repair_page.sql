-- Rows of entity $2 of migration $1 that are planned to be repaired: extra ones ($3) or the others, behind id $4, at most $5; id, key, driving key, why it was left (NULL: it was not).
SELECT id, key, driving, why FROM rehome.repair
 WHERE migration = $1::bigint AND entity = $2 AND (kind = 'extra') = $3::boolean AND id > $4::bigint
 ORDER BY id LIMIT $5::bigint
