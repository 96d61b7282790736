-- The keys of all rows that were chosen, in place of the choice. Rows that lack a part of their key cannot be looked for.
WITH chosen AS (
    DELETE FROM pg_temp.rehome_sample RETURNING key
), nameless AS (
    DELETE FROM pg_temp.rehome_source WHERE array_position(key, NULL) IS NOT NULL
)
INSERT INTO pg_temp.rehome_sample (key)
SELECT key FROM chosen WHERE array_position(key, NULL) IS NULL AND key IS NOT NULL
 UNION
SELECT key FROM pg_temp.rehome_source WHERE array_position(key, NULL) IS NULL
