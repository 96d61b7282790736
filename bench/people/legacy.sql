-- People, some of whom the new tables refuse: psql -v rows=1000000 -v bad=0.001 -f legacy.sql. Each of the ten faults is as frequent as the
-- others; legacy.faults says who has which one, and what is to be said of it. No randomness: the same numbers give the same rows.
CREATE SCHEMA legacy;

CREATE TABLE legacy.firms (id integer PRIMARY KEY, name text NOT NULL);

CREATE TABLE legacy.people (
    id         bigint NOT NULL,
    firm_id    integer NOT NULL,
    name       text NOT NULL,
    email      text,
    age        integer NOT NULL,
    nick       text,
    title      text,
    balance    numeric NOT NULL,
    points     integer NOT NULL,
    mood       text NOT NULL,
    notes      text,
    created_at timestamp NOT NULL
);

CREATE TABLE legacy.visits (id bigint NOT NULL, person_id bigint NOT NULL, at timestamp NOT NULL);

CREATE TABLE legacy.faults (id bigint PRIMARY KEY, reason text NOT NULL);

INSERT INTO legacy.firms SELECT i, 'Firm ' || i FROM generate_series(1, 1000) AS i;

-- Whoever stands behind a bad row is good, so that it can have the address of the one before it.
INSERT INTO legacy.faults
SELECT id, (ARRAY['not_null:email', 'check:grown_up', 'unique:person_email_key', 'foreign_key:person_firm_id_fkey', 'lossy:nick', 'too_long',
                  'lossy:balance', 'out_of_range', 'invalid_enum:mood', 'encoding:notes'])[1 + row_number() OVER (ORDER BY id) % 10]
FROM (SELECT DISTINCT (2 * floor((n + 0.1 + (hashint8extended(n, 4) & 65535) / 80000.0) / :bad / 2))::bigint AS id
      FROM generate_series(0, (:rows * :bad)::bigint - 1) AS n) AS chosen
WHERE id BETWEEN 2 AND :rows;

INSERT INTO legacy.people
SELECT i,
       CASE reason WHEN 'foreign_key:person_firm_id_fkey' THEN 0 ELSE 1 + i % 1000 END,
       'Zoë Núñez ' || i,
       CASE reason WHEN 'not_null:email' THEN NULL WHEN 'unique:person_email_key' THEN 'person' || i - 1 || '@example.com'
                   ELSE 'person' || i || '@example.com' END,
       CASE reason WHEN 'check:grown_up' THEN 3 ELSE 18 + i % 60 END,
       CASE reason WHEN 'lossy:nick' THEN repeat('n', 30) ELSE 'nick ' || i END,
       CASE reason WHEN 'too_long' THEN repeat('t', 50) ELSE (ARRAY['CTO', 'Head of "Growth"', NULL, 'Менеджер'])[1 + i % 4] END,
       CASE reason WHEN 'lossy:balance' THEN 123456789 ELSE i % 100000 / 100.0 END,
       CASE reason WHEN 'out_of_range' THEN 123456789 ELSE i % 1000 END,
       CASE reason WHEN 'invalid_enum:mood' THEN 'bored' ELSE (ARRAY['happy', 'sad'])[1 + i % 2] END,
       CASE reason WHEN 'encoding:notes' THEN '{"a": "\u0000"}' ELSE format('{"n": %s, "seen": ["a", "b"]}', i) END,
       timestamp '2020-01-01' + i * interval '1 minute'
FROM generate_series(1, :rows) AS i LEFT JOIN legacy.faults AS f ON f.id = i;

-- One visit for each tenth person, and for each bad one.
INSERT INTO legacy.visits
SELECT row_number() OVER (ORDER BY id), id, timestamp '2024-01-01' + id * interval '1 second'
FROM (SELECT i AS id FROM generate_series(1, :rows, 10) AS i UNION SELECT id FROM legacy.faults) AS seen;

ALTER TABLE legacy.people ADD PRIMARY KEY (id);
ALTER TABLE legacy.visits ADD PRIMARY KEY (id);
VACUUM ANALYZE legacy.firms, legacy.people, legacy.visits;
