-- Fills the application: psql -v rows=2000 -f data.sql. `rows` are audits, over all scorecards; `scorecards` is how many of these there
-- are (12). The same numbers always give the same rows.
\if :{?rows}
\else
    \set rows 2000
\endif
\if :{?scorecards}
\else
    \set scorecards 12
\endif
SET client_encoding = 'UTF8';
SET TimeZone = 'UTC';
SELECT greatest(60, :rows::bigint / 150) AS people \gset

CREATE FUNCTION pg_temp.one_of(options text[], number bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT options[1 + number % cardinality(options)] $$;

-- As people type their address: capitals, blanks, or as it should be.
CREATE FUNCTION pg_temp.typed(i bigint, style bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT CASE style % 5 WHEN 0 THEN initcap('agent' || i) || '@Example.com' WHEN 1 THEN '  agent' || i || '@example.com ' ELSE 'agent' || i || '@example.com' END $$;

-- Seven of ten have an account. One in 40 has a second one, made later under the address in capitals.
INSERT INTO users
SELECT i, pg_temp.typed(i, i), 'Agent ' || i, pg_temp.one_of('{Agent,auditor," Team Lead",ADMIN,NULL}', i), i % 25 = 4,
       CASE WHEN i % 3 = 0 THEN 'E-' || 10000 + i END, pg_temp.one_of(ARRAY[NULL, '', '+49 30 ' || 1000 + i], i),
       pg_temp.one_of('{DE,gr,NULL," fr "}', i), md5('secret ' || i),
       CASE WHEN i % 4 > 0 THEN timestamptz '2025-01-01' + i % 100000 * interval '7 minutes' END,
       timestamptz '2021-03-01' + i * interval '1 hour', timestamptz '2024-06-01' + i % 9 * interval '30 days'
FROM generate_series(1, :people::bigint) AS i
WHERE i % 10 < 7;
INSERT INTO users
SELECT :people + i, upper('agent' || i || '@example.com'), 'Agent ' || i || ' (new)', 'agent', false, NULL, NULL, NULL, md5('second ' || i), NULL,
       timestamptz '2023-03-01' + i * interval '1 hour', timestamptz '2023-06-01'
FROM generate_series(40, :people::bigint, 40) AS i;

-- Eight of ten are in the directory, so half of all are in both. One in 50 has no address there. Every tenth manages the others, and
-- agent 2 those; one in 30 reports to somebody who is not known.
INSERT INTO people
SELECT i, CASE WHEN i % 50 <> 7 THEN pg_temp.typed(i, i / 2) ELSE pg_temp.one_of('{NULL,"  "}', i / 50) END,
       pg_temp.one_of('{Ana,李,Søren,Ζωή,Łukasz,"O''Neil"}', i) || ' ' || i, pg_temp.one_of('{agent,Auditor,"team lead","  "}', i),
       pg_temp.one_of('{Support,"Sales ",support,Logistik,NULL}', i / 3), pg_temp.one_of('{Athens,"Berlin ",Lyon,Ωmega,NULL}', i / 7),
       pg_temp.one_of('{email,Chat,phone,NULL}', i), pg_temp.one_of('{de,GR,FR,pl}', i),
       'E-' || 10000 + i, pg_temp.one_of(ARRAY[NULL, '+49 30 ' || 1000 + i || ' ext. ' || i % 10], i),
       CASE WHEN i = 2 THEN NULL WHEN i % 30 = 13 THEN 'nobody' || i || '@example.com' WHEN i % 10 = 2 THEN pg_temp.typed(2, i)
            ELSE pg_temp.typed(i - i % 10 + 2, i) END,
       i % 17 > 0, date '2015-01-01' + (i % 3000)::int, timestamptz '2024-06-15' + i % 7 * interval '40 days'
FROM generate_series(1, :people::bigint) AS i
WHERE i % 10 >= 2;

INSERT INTO scorecards
SELECT n, initcap(kind) || ' quality', kind || '_audit', pg_temp.one_of('{email,chat,phone,Social}', n - 1), timestamptz '2022-01-01' + n * interval '30 days'
FROM (SELECT n, coalesce(('{email,chat,call,social,billing,refund,onboarding,escalation,compliance,sales,retention,outage}'::text[])[n], 'scorecard_' || n) AS kind
      FROM generate_series(1, :scorecards::int) AS n) AS _;

-- Every scorecard has fields of its own, three to eight of them.
INSERT INTO scorecard_fields
SELECT s.id, 'field_id_' || 10 * s.id + f, pg_temp.one_of('{Greeting,Grammar,"Tone & empathy",Resolution,Compliance,"Follow-up",Speed,Closing}', s.id + f), 1 + (s.id + f) % 9
FROM scorecards AS s, generate_series(0, 2 + s.id % 6) AS f;

-- The application made a table for every scorecard, with a column for every field.
SELECT format($$CREATE TABLE %I (
    id             integer PRIMARY KEY,
    employee_email text,
    auditor_email  text,
    audit_date     timestamp NOT NULL,
    total_score    numeric(5,2),
    comments       text,
    %s)$$, s.table_name, string_agg(format('%I integer', f.field_id), ', ' ORDER BY f.field_id COLLATE "C"))
FROM scorecards AS s JOIN scorecard_fields AS f ON f.scorecard_id = s.id
GROUP BY s.id ORDER BY s.id \gexec

-- One audit in 100 is of somebody whom nobody knows, one in 200 names no auditor. One field in ten was not scored.
SELECT format($$INSERT INTO %I
SELECT i, CASE WHEN i / %6$s %% 100 = 7 THEN 'left' || i || '@example.com' ELSE pg_temp.typed(1 + (i / %6$s * 7 + %4$s) %% %2$s, i) END,
       CASE WHEN i / %6$s %% 200 <> 3 THEN pg_temp.typed(1 + i / %6$s * 13 %% %2$s / 10 * 10, i + 1) END,
       timestamp '2022-02-01' + (i * 7919 %% 40000) * interval '53 minutes', (i * 31 %% 10001) / 100.0,
       pg_temp.one_of('{NULL,"","Très bien, \"parfait\"","二行 ここまで",OK}', i),
       %3$s
FROM generate_series(%4$s::bigint, %5$s, %6$s) AS i$$,
    s.table_name, :people,
    string_agg(format('CASE WHEN (i + %s) %% 10 > 0 THEN (i / %s + %1$s) %% %3$s END', substr(f.field_id, 10), s.id, f.max_score + 1), ', ' ORDER BY f.field_id COLLATE "C"),
    s.id, :rows, :scorecards)
FROM scorecards AS s JOIN scorecard_fields AS f ON f.scorecard_id = s.id
GROUP BY s.id ORDER BY s.id \gexec

INSERT INTO "auditAssignments"
SELECT i, pg_temp.one_of('{email_audit,chat_audit,call_audit}', i), pg_temp.typed(1 + i * 13 % :people / 10 * 10, i),
       CASE WHEN i % 60 = 9 THEN 'left' || i || '@example.com' ELSE pg_temp.typed(1 + i * 7 % :people, i + 2) END,
       timestamp '2025-01-01' + i % 400 * interval '1 day', pg_temp.one_of('{open,Done,"in progress",NULL}', i)
FROM generate_series(1, :rows::bigint / 4) AS i;

INSERT INTO "Notifications"
SELECT i, CASE WHEN i % 80 = 11 THEN 'left' || i || '@example.com' ELSE pg_temp.typed(1 + i * 3 % :people, i) END,
       pg_temp.one_of('{"You have been assigned an audit","Ihr Audit ist fällig ⏰","Score: \"A\""}', i), CASE WHEN i % 3 > 0 THEN i % 2 = 0 END,
       timestamp '2025-02-01' + i % 100000 * interval '5 minutes'
FROM generate_series(1, :rows::bigint / 2) AS i;

-- Zoë is in both tables, and they disagree; Bob has an account alone, Πηνελόπη stands in the directory alone and is Zoë's manager.
INSERT INTO users VALUES
(900000001, ' Zoe.Angstrom@Example.com', 'Zoe Angstrom', 'Admin', true, NULL, '+49 30 1', 'DE', 'hash of zoe', '2025-05-05 05:05:05+00', '2020-01-01', '2024-01-01'),
(900000002, 'bob@example.com', 'Bob "The Builder" O''Neil', 'auditor', false, 'E-2', NULL, NULL, 'hash of bob', NULL, '2020-01-02', '2024-01-02');
INSERT INTO people VALUES
(900000001, 'zoe.angstrom@example.com', 'Zoë Ångström', 'auditor', 'Support', 'Athens', 'chat', 'SE', 'E-1', '+49 30 1234567', 'PENELOPE@example.com', true, '2019-04-01', '2025-01-01'),
(900000003, 'penelope@example.com ', 'Πηνελόπη', 'team lead', 'Support', 'Athens', 'phone', 'GR', 'E-3', NULL, NULL, true, '2010-01-01', '2025-01-02');
INSERT INTO email_audit (id, employee_email, auditor_email, audit_date, total_score, comments, field_id_10, field_id_11, field_id_12, field_id_13)
VALUES (900000001, 'ZOE.Angstrom@example.com', ' bob@example.com', '2024-02-29 23:59:59.999999', 87.5, E'Très bien 👍\n"parfait"', 2, 0, NULL, 4);
INSERT INTO "auditAssignments" VALUES (900000001, 'email_audit', 'Bob@example.com', 'zoe.angstrom@example.com ', '2025-03-30 02:30', 'open');
INSERT INTO "Notifications" VALUES (900000001, 'penelope@EXAMPLE.com', 'Zoë wurde geprüft ✓', NULL, '2025-03-30 02:30');

ANALYZE;
