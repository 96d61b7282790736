-- Fills the application's old tables: psql -v rows=2000 -f data.sql. The same number of rows always gives the same rows.
--
-- `rows` transactions and a tenth as many people, of whom the first six are written out, to be looked for by name.
\if :{?rows}
\else
    \set rows 2000
\endif

CREATE FUNCTION pg_temp.name_of(i bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT (ARRAY['Ana María', '小龍', 'Сергей', 'Jack "The Hat"', 'Zoë', 'Noël', 'Müjgân'])[1 + i % 7] || ' ' ||
          (ARRAY['Núñez', '李', 'Иванов', 'O''Neil', 'Østergård 🚀'])[1 + i % 5] || '-' || i $$;

INSERT INTO onboarding_responses (user_id, full_name, email, phone, address, date_of_birth, answers, submitted_at) VALUES
    (1, 'Ana María Núñez-1',      'Ana.Maria@Example.ORG ', '+34 91 000 00 01',  E'Calle "Mayor" 1, 2º\n28013 Madrid', '1980-02-29', '{"goal": "house", "income": 0.1000000000000000000000001}', '2022-01-01 10:00Z'),
    (2, '  Jack "The Hat" O''Neil', 'jack@example.com',     '',                  '1 Main St, Apt #2',                  '1975-12-31', '{"goal": "boat \\ \"yacht\""}', '2022-01-02 10:00Z'),
    (2, 'Jack O''Neil',             ' ',                    '+1 555 0100',       NULL,                                 NULL,         '{"goal": "retire"}', '2023-06-01 10:00Z'),
    (3, '李小龍',                    'lee@例え.jp',           '+81 3 0000 0003',   '東京都千代田区千代田1-1',             '1990-07-20', NULL, '2022-01-03 10:00Z'),
    (4, 'Zoë 🚀',                   'zoe+tag@example.org',  NULL,                ' ',                                  NULL,         '{}', '2022-01-04 10:00Z'),
    (NULL, 'Left Early',            'left.early@example.org', '+49 30 999999',   'Nowhere 7',                          NULL,         '{"goal": "none"}', '2022-01-05 10:00Z'),
    (5, NULL,                       'NOBODY@EXAMPLE.ORG',   NULL,                NULL,                                 NULL,         'null', '2022-01-06 10:00Z'),
    (6, 'Сергей "Серёжа" Иванов',   'sergei@пример.рф',     '+7 495 000-00-06',  E'ул. Ленина, д. 6\\2',               '2001-01-01', '{"a,b": ["{", null, ""]}', '2022-01-07 10:00Z');

-- One in eleven has answered twice; one in fifty has left before there was an account.
INSERT INTO onboarding_responses (user_id, full_name, email, phone, address, date_of_birth, answers, submitted_at)
SELECT CASE WHEN i % 50 > 0 THEN i END,
       CASE i % 13 WHEN 0 THEN ' ' || pg_temp.name_of(i) || ' ' ELSE pg_temp.name_of(i) END,
       CASE WHEN time = 2 AND i % 2 = 0 THEN '' ELSE CASE i % 3 WHEN 0 THEN 'Person' ELSE 'person' END || i || '@example.org' END,
       CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE '+49 30 ' || 1000000 + i END,
       CASE WHEN i % 5 > 0 THEN (ARRAY['Große Straße', 'Rue de l''Été', '中山路'])[1 + i % 3] || ' ' || i || E'\n' || 10000 + i % 90000 || ' Springfield' END,
       CASE WHEN i % 6 > 0 THEN date '1950-01-01' + (i * 97 % 20000)::integer END,
       CASE WHEN i % 9 > 0 THEN jsonb_build_object('goal', 'goal ' || i % 5, 'time', time, 'note', E'line\n"two" \\') END,
       timestamptz '2022-02-01 00:00:00.123456Z' + (i + 200000 * time) % 500000 * interval '2 minutes'
FROM generate_series(7, greatest(:rows::bigint / 10, 20)) AS i, generate_series(1, 2) AS time
WHERE time = 1 OR i % 11 = 0;

INSERT INTO transactions (id, user_id, account_number, amount, currency, category, merchant, description, raw, created_at) VALUES
    (1, 1, 'ES91 2100 0418 4502 0005 1332', -12.34,          'EUR',   'food',      'Café Central ☕',   'breakfast with ana.maria@example.org', '{"n": 1.10}', '2024-01-01 08:30:00.123456Z'),
    (2, 1, 'ES9121000418450200051332',      999999999999.99, 'eur',   'Salary',    NULL,                'ACME Corp, salary Ana María Núñez-1',  '{}',          '2024-01-31 23:59:59.999999Z'),
    (3, 2, NULL,                            0.00,            ' USD ', 'loan to 李小龍', '李小龍',          'thanks!',                              NULL,          '2024-02-29 12:00Z'),
    (4, 3, 'JP-0003',                       -5000,           'JPY',   NULL,        'uber',              E'two\nlines "quoted" \\',              '{"a": null}', '2024-03-10 02:30Z'),
    (5, 99999999, 'XX-1',                   -1,              'GBP',   'rent',      'Landlord Ltd',      'a user who never told a name',         NULL,          '2024-03-31 01:30Z'),
    (6, NULL, 'XX-2',                       -77.70,          'EUR',   'food',      'Aldi',              'nobody''s',                            NULL,          '2024-04-01Z'),
    (7, 4, 'XX-3',                          NULL,            'EUR',   'food',      'Aldi',              'no amount',                            NULL,          '2024-04-01Z'),
    (8, 4, 'XX-3',                          -3.00,           'euros', 'food',      'Aldi',              'which currency?',                      NULL,          '2024-04-01Z'),
    (9, 6, 'XX-4',                          -20.00,          'EUR',   'transfer',  'Zoë 🚀',            'to zoe+tag@example.org',               NULL,          '2024-04-02Z');

-- Of a thousand: one belongs to nobody, one has no amount, two are in a currency that nobody knows. One in five goes to another person.
INSERT INTO transactions (id, user_id, account_number, amount, currency, category, merchant, description, raw, created_at)
SELECT i,
       CASE WHEN i % 1000 <> 500 THEN person END,
       CASE i % 3 WHEN 0 THEN NULL WHEN 1 THEN 'DE00 ' || 100000 + person ELSE 'DE00' || 100000 + person END,
       CASE WHEN i % 1000 <> 501 THEN (i * 104729 % 2000000 - 1000000) / 100.0 END,
       CASE WHEN i % 1000 IN (502, 503) THEN 'bitcoins' ELSE (ARRAY['EUR', 'eur', ' USD', 'GBP', 'JPY', 'EUR '])[1 + i % 6] END,
       CASE WHEN i % 5 = 0 THEN 'loan to ' || pg_temp.name_of(other) ELSE (ARRAY['food', 'Rent', 'salary', 'Travel ', 'HEALTH', '', NULL])[1 + i % 7] END,
       CASE WHEN i % 5 = 0 THEN pg_temp.name_of(other) ELSE (ARRAY['Aldi', 'ALDI', 'uber', 'Café Central ☕', 'Łódź Books', 'Corner shop nobody knows', NULL])[1 + i % 7] END,
       'paid by ' || pg_temp.name_of(person) || ', person' || person || '@example.org',
       CASE WHEN i % 4 > 0 THEN jsonb_build_object('ref', i, 'to', 'person' || other || '@example.org', 'big', 123456789012345678901234567890) END,
       timestamptz '2022-03-01Z' + i % 1000000 * interval '61.000001 seconds'
FROM generate_series(10, :rows::bigint) AS i,
     LATERAL (SELECT 1 + i * 7919 % (greatest(:rows::bigint / 10, 20)) AS person, 7 + i * 31 % (greatest(:rows::bigint / 10, 20) - 6) AS other) AS _;

SELECT setval('transactions_id_seq', greatest(:rows::bigint, 9)) \g /dev/null
