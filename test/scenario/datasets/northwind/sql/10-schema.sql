CREATE SCHEMA trade;

CREATE TABLE trade.party (
  party_id     uuid PRIMARY KEY,
  kind         text NOT NULL,
  legacy_id    text NOT NULL,
  display_name text NOT NULL,
  country_code text,
  details      jsonb NOT NULL,
  UNIQUE (kind, legacy_id)
);

CREATE TABLE trade.order_fact (
  order_key       uuid PRIMARY KEY,
  legacy_order_id int NOT NULL UNIQUE,
  customer_id     uuid REFERENCES trade.party,
  employee_id     uuid REFERENCES trade.party,
  shipper_id      uuid REFERENCES trade.party,
  order_date      date,
  required_date   date,
  shipped_date    date,
  status          text NOT NULL,
  freight         numeric(10,2) NOT NULL,
  goods_total     numeric
);
CREATE INDEX ON trade.order_fact (customer_id);

CREATE TABLE trade.order_delivery_pii (
  order_key        uuid PRIMARY KEY REFERENCES trade.order_fact,
  ship_name        text,
  ship_address     text,
  ship_city        text,
  ship_region      text,
  ship_postal_code text,
  ship_country     text
);

CREATE TABLE trade.order_line (
  line_id    uuid PRIMARY KEY,
  order_key  uuid NOT NULL REFERENCES trade.order_fact,
  product_id int NOT NULL,
  quantity   int NOT NULL,
  unit_price numeric(12,4) NOT NULL,
  discount   numeric(5,4) NOT NULL,
  line_no    int NOT NULL,
  UNIQUE (order_key, line_no)
);

CREATE TABLE trade.employee_tree (
  employee_id     uuid PRIMARY KEY REFERENCES trade.party,
  manager_id      uuid REFERENCES trade.employee_tree,
  path            int[] NOT NULL,
  depth           int NOT NULL,
  territory_codes text[]
);
