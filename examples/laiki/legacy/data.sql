-- Fills the old CRM: psql -v rows=1500 -f data.sql. A third of the rows are leads, two thirds are conversions. The same
-- number of rows always gives the same rows.
\if :{?rows}
\else
    \set rows 1500
\endif
SET client_encoding = 'UTF8';

CREATE FUNCTION pg_temp.one_of(options text[], number bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT options[1 + number % cardinality(options)] $$;

-- Of 24 leads 13 belong to the first company, 3 to the second, 1 to each of the other eight.
CREATE FUNCTION pg_temp.company(lead bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT ('{4ee89595-e724-46a2-9585-e57be79581fb,697c28f3-a401-4836-af93-891a2b98740d,355d17f4-c6b8-423b-af41-f5057a37e136,
             7a1c2f04-90be-4d15-8a3d-3c5b1e0f6a01,8b2d3015-a1cf-4e26-9b4e-4d6c2f107b12,9c3e4126-b2d0-4f37-ac5f-5e7d30218c23,
             ad4f5237-c3e1-4048-bd60-6f8e41329d34,be506348-d4f2-4159-8e71-709f5243ae45,cf617459-e503-426a-9f82-81a06354bf56,
             d072856a-f614-437b-a093-92b17465c067}'::uuid[])
          [CASE WHEN lead % 24 < 13 THEN 1 WHEN lead % 24 < 16 THEN 2 ELSE lead % 24 - 13 END] $$;

INSERT INTO companies
SELECT pg_temp.company(slot),
       pg_temp.one_of('{"Laiki Λαϊκή","Ærø & Søn","O''Brien \"Bob\" Ltd",株式会社テスト,"Back\\Slash Inc",'
                      '"Żółw sp. z o.o.","Café 東京 ☕","{Braces}","Gone, Long Ago & Co","Comma, Tail"}', number - 1),
       number <> 9, -- the ninth has left
       timestamp '2018-03-01 09:00' + number * interval '91 days',
       CASE WHEN number % 3 > 0 THEN timestamp '2025-01-01' + number * interval '1 day' END
FROM unnest('{0,13,16,17,18,19,20,21,22,23}'::bigint[]) WITH ORDINALITY AS _(slot, number);

INSERT INTO leads_custom_fields_definitions
SELECT md5('field ' || i)::uuid, pg_temp.company(i), 'field_' || i,
       pg_temp.one_of('{"Größe \"netto\"",予算,"Next step"," ",NULL}', i),
       pg_temp.one_of('{text,number,date,select}', i),
       CASE WHEN i % 4 = 3 THEN '["small", "a, b", "say \"hi\"", null, "{}", "é"]'::jsonb END,
       timestamp '2019-05-05 12:00' + i * interval '1 day'
FROM generate_series(0, 95) AS i;

-- One lead in 25 of each company has neither an e-mail address nor a telephone number: NULL, blanks or nothing at all.
INSERT INTO leads
SELECT md5('lead ' || i)::uuid,
       pg_temp.company(i),
       pg_temp.one_of('{"Ana María Núñez",李小龍,"Сергей Иванов","Jack \"The Hat\" O''Neil","  Padded  ","Zoë 🚀","",NULL}', i / 3),
       CASE WHEN contact IN ('both', 'email') THEN 'lead' || i || '@example.com' ELSE pg_temp.one_of('{NULL,"","   "}', i) END,
       pg_temp.one_of(ARRAY[NULL, '', 'other' || i || '@example.net'], i / 5),
       CASE WHEN contact IN ('both', 'phone') THEN '+30 210 ' || 1000000 + i ELSE pg_temp.one_of('{"",NULL," "}', i) END,
       pg_temp.one_of('{NULL,"   ","+49 30 1234567"}', i / 7),
       pg_temp.one_of('{"Acme, Inc.","",NULL,"Smörgås \\ Co","\"Quoted\" GmbH"}', i),
       pg_temp.one_of('{CTO,"Head of\n\"Growth\"",NULL," ",Менеджер}', i / 11),
       pg_temp.one_of('{csv,api,NULL}', i),
       CASE i % 8
           WHEN 0 THEN NULL
           WHEN 1 THEN '{}'
           WHEN 2 THEN ARRAY['a,b', NULL, 'say "hi"', '{braces}', E'back\\slash', '']
           WHEN 3 THEN ARRAY['NULL', 'null', E'two\nlines', 'naïve café', '🏷']
           ELSE ARRAY['newsletter', 'tag ' || i % 50]
       END,
       pg_temp.one_of('{a,B," c ",D,"",NULL,f}', i),
       nullif(i % 101, 100), nullif(i % 7, 6),
       CASE WHEN i % 9 > 0 THEN timestamp '2021-01-01' + i % 1000000 * interval '97 seconds' END,
       CASE WHEN i % 9 > 0 THEN timestamp '2024-06-01' + i % 1000000 * interval '13 seconds' END,
       pg_temp.one_of('{google,"",facebook,NULL}', i), pg_temp.one_of('{cpc,organic,NULL}', i),
       pg_temp.one_of('{spring,"été 2021",NULL}', i), pg_temp.one_of('{banner,NULL}', i), pg_temp.one_of('{"crm, cheap",NULL}', i),
       pg_temp.one_of('{bing,linkedin,NULL}', i), pg_temp.one_of('{cpc,email," "}', i),
       pg_temp.one_of('{"Black \"Friday\"",NULL}', i), pg_temp.one_of('{NULL,text}', i), pg_temp.one_of('{NULL,"λέξη"}', i),
       timestamp '2020-12-31 23:59:59.123456' + i * interval '17 seconds',
       CASE WHEN i % 5 > 0 THEN timestamp '2025-02-03 04:05:06.789' + i * interval '1 second' END
FROM generate_series(0, :rows::bigint / 3 - 1) AS i,
     LATERAL (SELECT CASE WHEN i / 24 % 25 = 7 THEN 'none' ELSE pg_temp.one_of('{both,email,phone}', i) END AS contact) AS _;

-- One conversion in 50 names a lead that does not exist, one in 100 none; one in 40 has no name; and one in 200 was booked
-- on another company than its lead's.
INSERT INTO conversions
SELECT md5('conversion ' || i)::uuid,
       pg_temp.company(CASE WHEN i % 200 = 11 THEN lead + 13 ELSE lead END),
       CASE WHEN i % 50 = 3 THEN md5('deleted lead ' || i)::uuid WHEN i % 100 <> 7 THEN md5('lead ' || lead)::uuid END,
       CASE WHEN i % 40 = 5 THEN pg_temp.one_of('{NULL,"","  "}', i / 40)
            ELSE pg_temp.one_of('{Newsletter,"Demo \"live\"",Pricing,デモ申込み,"Contact\\Form",Webinar," Download "}', i) END,
       pg_temp.one_of('{form-1,"",NULL}', i),
       timestamp '2021-02-03 00:00:01' + i * interval '11 seconds',
       CASE i % 4 WHEN 0 THEN 0 WHEN 1 THEN NULL ELSE i % 1000000 / 100.0 END,
       pg_temp.one_of('{site," ",import}', i),
       pg_temp.one_of('{google,"",facebook,NULL}', i), pg_temp.one_of('{cpc,organic,""}', i), pg_temp.one_of('{spring,NULL,"été"}', i),
       pg_temp.one_of('{banner,""}', i), pg_temp.one_of('{NULL," ",crm}', i), pg_temp.one_of('{paid,"",social}', i),
       'https://example.com/p/' || i || '?q=%22a%20b%22&utm_campaign=%C3%A9t%C3%A9#top',
       pg_temp.one_of('{example.com,"",例え.jp}', i), pg_temp.one_of('{desktop,mobile,NULL}', i),
       CASE i % 10
           WHEN 0 THEN NULL
           WHEN 1 THEN '{"price": 0.1000000000000000000000001, "big": 123456789012345678901234567890, "empty": {}, "list": [null, "", []]}'
           ELSE jsonb_build_object('form', 'f-' || i % 40, 'message', E'He said: "why\\not?"\r\n\t- 李 🚀\u00a0,;|',
                                   'fields', jsonb_build_array(i, i % 2 = 0, NULL, i % 1000 / 8.0, jsonb_build_object('nested', E'\u2028')))
       END
FROM generate_series(0, :rows::bigint * 2 / 3 - 1) AS i,
     LATERAL (SELECT i * 7919 % (:rows::bigint / 3) AS lead) AS _;

INSERT INTO segments
SELECT md5('segment ' || i)::uuid, pg_temp.company(i), pg_temp.one_of('{"Hot \"A\" leads",新規,"Never called"}', i) || ' ' || i,
       jsonb_build_object('all', jsonb_build_array(jsonb_build_object('field', 'fit_score', 'is', 'A'),
                                                   jsonb_build_object('field', 'tags', 'has', E'a,b"\\'))),
       timestamp '2023-03-26 02:30' + i * interval '1 day'
FROM generate_series(0, 47) AS i;

INSERT INTO email_events (lead_id, kind, created_at)
SELECT md5('lead ' || i)::uuid, pg_temp.one_of('{sent,opened,clicked}', i), timestamp '2024-01-01' + i * interval '3 seconds'
FROM generate_series(0, :rows::bigint / 3 - 1) AS i;

-- Two leads and two conversions of the first company to look for afterwards: what a CSV file would have broken.
INSERT INTO leads (id, company_id, name, email, phone, tags, fit_score, created_at) VALUES
('11111111-0000-4000-8000-000000000001', '4ee89595-e724-46a2-9585-e57be79581fb', '  Ωμέγα "The Last" O''Neil 👩‍👩‍👧‍👦 ', ' omega@example.com ', '',
 ARRAY['a,b', 'say "hi"', '{braces}', E'back\\slash', E'two\nlines', '', 'NULL', NULL, '東京', '🏷'], ' a ', '2024-02-29 23:59:59.999999'),
('11111111-0000-4000-8000-000000000002', '4ee89595-e724-46a2-9585-e57be79581fb', 'Nobody can reach me', '   ', '', '{}', NULL, '2024-03-10 02:30');

INSERT INTO conversions (id, company_id, contact_id, conversion_name, conversion_date, conversion_value, payload_raw_json) VALUES
('22222222-0000-4000-8000-000000000001', '4ee89595-e724-46a2-9585-e57be79581fb', '11111111-0000-4000-8000-000000000001',
 'Angebot "Spezial"', '2024-10-27 02:30:00.000001', 99999999.99,
 '{"quote": "she said \"yes\", he said ''no''", "lines": "one\r\ntwo\n\tthree", "backslash": "C:\\temp\\new", "csv": "a;b,\"c\"",
   "escapes": "\u00e9\u4e2d\ud83d\ude80\u2028\u0001", "number": 1.10, "huge": 1e400, "nested": {"deep": [[{"": null}], true, -0.0]}}'),
('22222222-0000-4000-8000-000000000002', '4ee89595-e724-46a2-9585-e57be79581fb', '11111111-0000-4000-8000-000000000002',
 'Follows its lead', '2024-10-27 03:30', 0, NULL);

ANALYZE;
