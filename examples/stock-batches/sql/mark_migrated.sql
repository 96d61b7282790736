-- Weeks later, when the application lives on the batches: marks the items that have some. Deletes nothing.
UPDATE items AS i
SET "useBatchSystem" = true
WHERE "useBatchSystem" IS NOT TRUE
  AND EXISTS (SELECT FROM stock_batches AS sb WHERE sb."itemId" = i.id);

-- Much later, if ever, once nothing reads them any more. From here on there is no way back:
-- ALTER TABLE items DROP COLUMN "quantityInStock";
-- ALTER TABLE items DROP COLUMN status;
-- ALTER TABLE items DROP COLUMN "locationId";
