-- The copy as it was first written down. It is here to be compared with sql/stock_batches.sql; README.md says what is wrong with it.
INSERT INTO "stock_batches" (
    "id",
    "quantity",
    "status",
    "costPerUnitUSD",
    "freightCostUSD",
    "orderDate",
    "expectedArrival",
    "orderNumber",
    "notes",
    "createdAt",
    "updatedAt",
    "itemId",
    "locationId",
    "assignedUserId"
)
SELECT
    gen_random_uuid() as id,
    "quantityInStock",
    "status",
    "costPerUnitUSD",
    "freightCostUSD",
    COALESCE("orderDate", CURRENT_TIMESTAMP),
    "expectedArrival",
    "orderNumber",
    "notes",
    "createdAt",
    "updatedAt",
    "id" as "itemId",
    "locationId",
    "assignedUserId"
FROM "items"
WHERE "quantityInStock" > 0 OR "status" IS NOT NULL;
