CREATE SCHEMA catalogue;

CREATE TABLE catalogue.title (
  title_id     uuid PRIMARY KEY,
  legacy_no    int NOT NULL UNIQUE,
  kind         text NOT NULL CHECK (kind IN ('movie', 'series')),
  title        text NOT NULL,
  rating       text,
  minutes      int,
  seasons      int,
  release_year int NOT NULL,
  date_added   date,
  description  text
);

CREATE TABLE catalogue.person (
  person_id uuid PRIMARY KEY,
  name      text NOT NULL,
  titles    int NOT NULL,
  show_ids  jsonb NOT NULL
);
CREATE INDEX ON catalogue.person (name);

CREATE TABLE catalogue.credit (
  title_id    uuid NOT NULL REFERENCES catalogue.title,
  role        text NOT NULL,
  pos         int NOT NULL,
  person_id   uuid NOT NULL REFERENCES catalogue.person,
  credited_as text NOT NULL,
  PRIMARY KEY (title_id, role, pos)
);
CREATE INDEX ON catalogue.credit (person_id);

CREATE TABLE catalogue.title_facets (
  title_id  uuid PRIMARY KEY REFERENCES catalogue.title,
  countries text[],
  genres    text[]
);
