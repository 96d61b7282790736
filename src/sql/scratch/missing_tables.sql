-- Those of the tables in $1 (schemas, text[]) and $2 (names, text[]) that do not exist. Gives schema and name.
SELECT named.schema, named.name
  FROM ROWS FROM (pg_catalog.unnest($1::text[]), pg_catalog.unnest($2::text[])) AS named(schema, name)
 WHERE NOT EXISTS (SELECT
                     FROM pg_catalog.pg_class c
                     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                    WHERE n.nspname = named.schema AND c.relname = named.name)
