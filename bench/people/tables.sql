CREATE SCHEMA IF NOT EXISTS public;
CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE TABLE firm (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE person (
    id         bigint PRIMARY KEY,
    firm_id    integer NOT NULL REFERENCES firm,
    name       text NOT NULL,
    email      text NOT NULL UNIQUE,
    age        integer NOT NULL CONSTRAINT grown_up CHECK (age >= 18),
    nick       varchar(20),
    title      text,
    balance    numeric(8,2) NOT NULL,
    points     integer NOT NULL,
    mood       mood NOT NULL,
    notes      jsonb,
    created_at timestamptz NOT NULL,
    badge      varchar(40) GENERATED ALWAYS AS (coalesce(title, 'Guest') || ': ' || nick) STORED,
    worth      integer GENERATED ALWAYS AS (points * 100) STORED
);
CREATE TABLE visit (id bigint PRIMARY KEY, person_id bigint NOT NULL REFERENCES person, at timestamptz NOT NULL);
