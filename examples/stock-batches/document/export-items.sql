-- The items as CSV, as an additional backup: psql "$SOURCE_URL" -f document/export-items.sql > items.csv
COPY (SELECT * FROM items ORDER BY id) TO STDOUT WITH (FORMAT csv, HEADER);
