-- How many blocks the main fork of table $1 (an oid) has.
SELECT pg_catalog.pg_relation_size($1::oid) / pg_catalog.current_setting('block_size')::bigint
