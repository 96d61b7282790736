-- Those of the roles in $1 (text[]) that do not exist. Gives the name.
SELECT named.role
  FROM pg_catalog.unnest($1::text[]) AS named(role)
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = named.role)
