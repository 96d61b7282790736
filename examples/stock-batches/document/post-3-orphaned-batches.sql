-- Post-migration, 3: should be 0. (Without the memory it would take hours for a million items.)
SET work_mem = '256MB';
SELECT COUNT(*) FROM stock_batches
WHERE "itemId" NOT IN (SELECT id FROM items);
