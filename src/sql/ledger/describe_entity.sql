-- What the manifest says of entity $2 of migration $1: it reads tables $3, writes as $4, its SQL is in $5.
UPDATE rehome.entity SET reads = $3::text[], write = $4, texts = $5::text[] WHERE migration = $1::bigint AND name = $2
