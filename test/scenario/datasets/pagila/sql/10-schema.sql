CREATE SCHEMA shop;

CREATE TABLE shop.people (
  person_id  uuid PRIMARY KEY,
  email      text NOT NULL UNIQUE,
  first_name text NOT NULL,
  last_name  text NOT NULL,
  roles      text[] NOT NULL,
  status     text NOT NULL CHECK (status IN ('active', 'inactive')),
  sources    jsonb NOT NULL
);

CREATE TABLE shop.payment_ledger (
  entry_id       uuid PRIMARY KEY,
  booked_at      timestamptz NOT NULL,
  amount_minor   bigint NOT NULL,
  currency       char(3) NOT NULL,
  customer_token text NOT NULL,
  details        jsonb NOT NULL
);
CREATE INDEX ON shop.payment_ledger (customer_token, booked_at);
CREATE INDEX ON shop.payment_ledger USING gin (details);

CREATE TABLE shop.rental_event (
  event_id       uuid PRIMARY KEY,
  kind           text NOT NULL CHECK (kind IN ('rented', 'returned')),
  occurred_at    timestamptz NOT NULL,
  customer_token text NOT NULL,
  inventory_id   int NOT NULL,
  staff_id       int NOT NULL,
  held_for       interval
);
CREATE INDEX ON shop.rental_event (occurred_at);

CREATE TABLE shop.address_flat (
  address_id        uuid PRIMARY KEY,
  legacy_address_id int NOT NULL UNIQUE,
  line1             text NOT NULL,
  line2             text,
  district          text,
  city              text NOT NULL,
  country           text NOT NULL,
  postal_code       text,
  phone             text,
  used_by           bigint NOT NULL
);

CREATE TABLE shop.title (
  title_id         uuid PRIMARY KEY,
  legacy_film_id   int NOT NULL UNIQUE,
  title            text NOT NULL,
  description      text,
  release_year     int,
  rating_code      text,
  special_features text[],
  running_time     interval,
  language         text NOT NULL,
  categories       text[],
  cast_json        jsonb
);
CREATE INDEX ON shop.title USING gin (categories);
