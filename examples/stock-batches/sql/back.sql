-- The way back: takes away what the migration has added. The items are what they were before.
--
--     psql "$SOURCE_URL" -v ON_ERROR_STOP=1 -f sql/back.sql
--
-- No CASCADE: if somebody has built something upon the batches in the meantime, this says so and changes nothing.
-- What stays is the schema rehome with its books: DROP SCHEMA rehome CASCADE, if no other migration is in them.

BEGIN;
SET LOCAL lock_timeout = '5s';
DROP VIEW item_stock;
DROP TABLE stock_batches;
ALTER TABLE items DROP COLUMN "useBatchSystem";
DELETE FROM rehome.migration WHERE name = 'stock-batches';    -- so that rehome run can begin anew
COMMIT;
