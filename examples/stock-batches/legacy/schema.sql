-- A stock list as an ORM made it: quoted camelCase names, text ids, one row per item, and the item itself says how many there are.

CREATE TYPE "Status" AS ENUM ('ToOrder', 'Ordered', 'InTransit', 'Arrived', 'InStock', 'Discontinued');

CREATE TABLE companies (
    id   text PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE locations (
    id   text PRIMARY KEY,
    name text NOT NULL
);

CREATE TABLE users (
    id    text PRIMARY KEY,
    name  text,
    email text NOT NULL UNIQUE
);

CREATE TABLE items (
    id                text PRIMARY KEY,
    name              text NOT NULL,
    "companyId"       text REFERENCES companies (id) ON DELETE SET NULL,
    "quantityInStock" integer NOT NULL DEFAULT 0,
    status            "Status",                    -- NULL: nobody has said
    "costPerUnitUSD"  double precision,            -- NULL: never bought, so nobody knows
    "freightCostUSD"  double precision,
    "orderDate"       timestamp(3),
    "expectedArrival" timestamp(3),
    "orderNumber"     text,
    notes             text,
    "createdAt"       timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt"       timestamp(3) NOT NULL,
    "locationId"      text REFERENCES locations (id) ON DELETE SET NULL,
    "assignedUserId"  text REFERENCES users (id) ON DELETE SET NULL
);

CREATE TABLE expenses (
    id          text PRIMARY KEY,
    "itemId"    text REFERENCES items (id) ON DELETE SET NULL,
    "amountUSD" double precision NOT NULL,
    label       text NOT NULL
);
