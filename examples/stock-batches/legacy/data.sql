-- Fills the stock list: psql -v rows=2000 -f data.sql. The same number of rows always gives the same rows.
--
-- `rows` items, of which the first eleven are written out, to be looked for by name.
\if :{?rows}
\else
    \set rows 2000
\endif

INSERT INTO companies
SELECT 'company-' || i, (ARRAY['Ærø & Søn', 'O''Brien "Bob" Ltd', '株式会社テスト', 'Żółw sp. z o.o.'])[1 + i % 4] || ' ' || i
FROM generate_series(1, 20) AS i;

INSERT INTO locations
SELECT 'location-' || i, (ARRAY['Main Warehouse', 'Entrepôt Nº 2', '倉庫', 'Shelf "B"\left', 'Склад'])[1 + i % 5] || ' ' || i
FROM generate_series(1, 40) AS i;

INSERT INTO users
SELECT 'user-' || i, CASE WHEN i % 7 > 0 THEN (ARRAY['Zoë', '李小龍', 'Jack "The Hat" O''Neil', 'Ana María'])[1 + i % 4] || ' ' || i END, 'user' || i || '@example.org'
FROM generate_series(1, 60) AS i;

INSERT INTO items VALUES
    ('item-plain',        'Desk lamp',                  'company-1', 10,         'InStock',      24.9,                100,   '2024-03-01 09:30:00.123', '2024-04-01 00:00', 'PO-1001', 'two boxes',               '2024-01-02 03:04:05.678', '2024-05-06 07:08:09.999', 'location-1', 'user-1'),
    ('item-no-date',      'Café table ☕',               NULL,        3,          'Arrived',      0.30000000000000004, 0,     NULL,                      NULL,               NULL,      NULL,                      '2024-01-03 00:00',        '2024-01-03 00:00',        'location-2', NULL),
    ('item-empty-shelf',  'O''Brien''s "best" chair',   'company-2', 0,          'ToOrder',      199.99,              12.5,  NULL,                      NULL,               '',        '',                        '2024-01-04 00:00',        '2024-01-04 00:00',        NULL,         'user-2'),
    ('item-draft',        '下書き',                      NULL,        0,          NULL,           5,                   0,     NULL,                      NULL,               NULL,      'not yet decided',         '2024-01-05 00:00',        '2024-01-05 00:00',        NULL,         NULL),
    ('item-no-status',    'Ærø vase',                   'company-3', 7,          NULL,           1e-7,                0,     NULL,                      NULL,               NULL,      NULL,                      '2024-01-06 00:00',        '2024-01-06 00:00',        'location-3', NULL),
    ('item-oversold',     'Tent',                       NULL,        -4,         NULL,           80,                  0,     NULL,                      NULL,               NULL,      NULL,                      '2024-01-07 00:00',        '2024-01-07 00:00',        NULL,         NULL),
    ('item-huge',         'Screw M3 🔩',                'company-4', 2147483647, 'InStock',      0.0001,              1e15,  '1970-01-01',              '9999-12-31 23:59:59.999', 'PO-∞', E'line one\nline "two" \\ end\t;,|', '2024-01-08 00:00', '2024-01-08 00:00', 'location-4', 'user-4'),
    ('item-no-freight',   'Ladder',                     NULL,        1,          'InTransit',    45.5,                NULL,  '2024-02-29 12:00',        NULL,               'PO-7',    '  padded  ',              '2024-01-09 00:00',        '2024-01-09 00:00',        'location-5', 'user-5'),
    ('item-no-cost',      'Sofa (quote pending)',       'company-5', 0,          'ToOrder',      NULL,                NULL,  NULL,                      NULL,               NULL,      'waiting for the quote',   '2024-01-10 00:00',        '2024-01-10 00:00',        NULL,         'user-6'),
    ('item-discontinued', 'Fax machine',                NULL,        2,          'Discontinued', 12,                  3,     '1999-12-31 23:59:59.999', '2000-01-01',       'PO-0',    'Bitte nicht nachbestellen – größte Vorsicht', '1999-01-01', '2001-01-01', 'location-6', 'user-7'),
    ('ключ ''с'' "кавычками"', 'An id that nobody expected', 'company-6', 5,     'Ordered',      3.14159,             2.71828, '2024-06-01',            '2024-07-01',       'PO-é',    '{"json": "in a text"}',   '2024-01-11 00:00',        '2024-01-11 00:00',        'location-7', 'user-8');

-- Of a thousand: some 30 have neither stock nor status, 20 have stock and no status, 10 have neither stock nor a price, 5 are oversold.
INSERT INTO items
SELECT 'c' || left(md5('item ' || i), 24),
       (ARRAY['Lamp', 'Stół', '椅子', 'Bücherregal "Øre"', 'Rug 🧶', 'Mirror, round', 'L''étagère'])[1 + i % 7] || ' ' || i,
       CASE WHEN i % 3 > 0 THEN 'company-' || 1 + i % 20 END,
       CASE WHEN kind < 40 THEN 0 WHEN kind < 45 THEN -(1 + i % 9) WHEN i % 6 = 0 THEN 0 WHEN i % 997 = 0 THEN 1000000 ELSE 1 + i * 7919 % 500 END,
       CASE WHEN kind < 30 OR kind BETWEEN 43 AND 64 AND i % 6 > 0 THEN NULL WHEN kind < 40 THEN 'ToOrder'
            ELSE (ARRAY['ToOrder', 'Ordered', 'InTransit', 'Arrived', 'InStock', 'Discontinued'])[1 + i % 6] END::"Status",
       CASE WHEN kind BETWEEN 30 AND 39 THEN NULL ELSE (i * 104729 % 1000000) / 700.0 END,
       CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN 0 ELSE (i * 15485863 % 100000) / 300.0 END,
       CASE WHEN i % 5 < 3 THEN timestamp '2022-01-01' + i % 100000 * interval '13 minutes 7.123 seconds' END,
       CASE WHEN i % 7 < 3 THEN timestamp '2025-01-01' + i % 50000 * interval '11 minutes' END,
       CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN '' ELSE 'PO-' || i END,
       CASE i % 9 WHEN 0 THEN 'ring the bell, then "wait"' WHEN 1 THEN E'two\nlines' WHEN 2 THEN 'naïve 東京 🚚' WHEN 3 THEN '' END,
       timestamp '2021-12-31 23:59:59.999' + i % 200000 * interval '7 minutes',
       timestamp '2024-06-01 00:00:00.001' + i % 300000 * interval '3 minutes',
       CASE WHEN i % 8 > 0 THEN 'location-' || 1 + i % 40 END,
       CASE WHEN i % 5 > 1 THEN 'user-' || 1 + i % 60 END
FROM generate_series(12, :rows::bigint) AS i, LATERAL (SELECT i * 48271 % 2147483647 % 1000 AS kind) AS _;

INSERT INTO expenses
SELECT 'expense-' || i, CASE WHEN i % 10 > 0 THEN 'c' || left(md5('item ' || 12 + i * 31 % (:rows - 11)), 24) END, i % 1000 / 8.0,
       (ARRAY['Freight', 'Zoll', '関税'])[1 + i % 3]
FROM generate_series(1, :rows::bigint / 10) AS i;
