-- Sets the search path until the end of the transaction, and returns it. $1: the new setting.
SELECT pg_catalog.set_config('search_path', $1, true);
