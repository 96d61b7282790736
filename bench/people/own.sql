-- Rows that the new tables have already: psql -v rows=1000000 -v hits=500000 -v others=0 -f own.sql. `hits` of them are people of the old
-- tables, who look different there; the others are nobody's.
INSERT INTO firm SELECT i, 'Own ' || i FROM generate_series(1, 1000) AS i;

INSERT INTO person (id, firm_id, name, email, age, nick, title, balance, points, mood, notes, created_at)
SELECT id, 1 + abs(id) % 1000, 'Own ' || id, 'own' || id || '@example.com', 50, 'own ' || id, NULL, 1, 1, 'sad', '{"own": true, "tags": ["x", "y"]}',
       timestamptz '2019-01-01Z'
FROM (SELECT 1 + (k::bigint * :rows) / greatest(:hits, 1) AS id FROM generate_series(0, :hits - 1) AS k
      UNION ALL SELECT -k FROM generate_series(1, :others) AS k) AS ids;

VACUUM ANALYZE firm, person;
