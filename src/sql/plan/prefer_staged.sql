-- Until the transaction ends an unqualified `staged` is the temporary table, whatever the role's search_path says.
SELECT pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', 'pg_temp', nullif(pg_catalog.current_setting('search_path'), '')), true)
