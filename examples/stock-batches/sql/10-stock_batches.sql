-- The new table, beside the items, and the new column of the items. Run once, before the first items are copied.

CREATE TABLE IF NOT EXISTS stock_batches (
    id                text PRIMARY KEY,
    quantity          integer NOT NULL DEFAULT 0,
    status            "Status" NOT NULL DEFAULT 'ToOrder',
    "costPerUnitUSD"  double precision NOT NULL,
    "freightCostUSD"  double precision NOT NULL DEFAULT 0,
    "orderDate"       timestamp(3),
    "expectedArrival" timestamp(3),
    "orderNumber"     text,
    "arrivedDate"     timestamp(3),
    notes             text,
    "createdAt"       timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"       timestamp(3) NOT NULL,
    "itemId"          text NOT NULL CONSTRAINT "stock_batches_itemId_fkey" REFERENCES items (id) ON DELETE CASCADE,
    "locationId"      text CONSTRAINT "stock_batches_locationId_fkey" REFERENCES locations (id) ON DELETE SET NULL,
    "assignedUserId"  text CONSTRAINT "stock_batches_assignedUserId_fkey" REFERENCES users (id) ON DELETE SET NULL
);

-- Without these, deleting an item, a location or a user would read the whole table.
CREATE INDEX IF NOT EXISTS "stock_batches_itemId_idx" ON stock_batches ("itemId");
CREATE INDEX IF NOT EXISTS "stock_batches_locationId_idx" ON stock_batches ("locationId");
CREATE INDEX IF NOT EXISTS "stock_batches_assignedUserId_idx" ON stock_batches ("assignedUserId");

-- The one change to the items: a column with a constant default, which rewrites no row.
ALTER TABLE items ADD COLUMN IF NOT EXISTS "useBatchSystem" boolean DEFAULT false;
