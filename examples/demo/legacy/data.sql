-- Fills the legacy CRM: psql -v rows=300000 -f data.sql. The same number of rows always gives the same rows.
--
-- Half of the rows are conversions, a fifth are leads. Three in five belong to the first of the ten companies.
\if :{?rows}
\else
    \set rows 300000
\endif

-- A throw of a die: the same for the same row and die.
CREATE FUNCTION pg_temp.throw(i bigint, die bigint, sides bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT (i * (48271 + 2018 * die) % 2147483647) * ((i + die) * 16807 % 2147483647) % 2147483647 % sides $$;

CREATE FUNCTION pg_temp.one_of(options text[], number bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT options[1 + number % cardinality(options)] $$;

-- From a hundred sides to the company they stand for.
CREATE FUNCTION pg_temp.company(side bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS
$$ SELECT ('{4ee89595-e724-46a2-9585-e57be79581fb,697c28f3-a401-4836-af93-891a2b98740d,355d17f4-c6b8-423b-af41-f5057a37e136,'
           '0b8e6c1a-52d7-4f39-8a04-6d1f0e9b7c25,1c9f7d2b-63e8-4a4b-9b15-7e2a1fac8d36,2da08e3c-74f9-4b5c-8c26-8f3b20bd9e47,'
           '3eb19f4d-850a-4c6d-9d37-904c31ceaf58,4fc2a05e-961b-4d7e-8e48-a15d42dfb069,50d3b16f-a72c-4e8f-9f59-b26e53e0c17a,'
           '61e4c270-b83d-4f90-8a6a-c37f64f1d28b}'::uuid[])
          [width_bucket(side, '{0,60,72,80,86,90,93,96,98,99}'::bigint[])] $$;

INSERT INTO companies
SELECT pg_temp.company(side),
       pg_temp.one_of('{Laiki Labs,"Ærø & Søn","O''Brien \"Bob\" Ltd","Διάλογος A.E.",株式会社テスト,"Back\\Slash Inc",'
                      'Żółw sp. z o.o.,Café 東京 ☕,"{Braces}","Comma, Tail & Co"}', number - 1),
       number <> 9,
       pg_temp.one_of('{pro,free,NULL}', number),
       timestamp '2018-03-01' + number * interval '91 days',
       CASE WHEN number % 3 > 0 THEN timestamp '2025-01-01' + number * interval '1 day' END
FROM unnest('{0,60,72,80,86,90,93,96,98,99}'::bigint[]) WITH ORDINALITY AS _(side, number);

INSERT INTO users
SELECT md5('user ' || i)::uuid, pg_temp.company(pg_temp.throw(i, 1, 100)), 'user' || i || '@example.org', md5('secret ' || i),
       timestamp '2025-08-01' + i * interval '7 minutes'
FROM generate_series(1, 400) AS i;

INSERT INTO leads_custom_fields_definitions
SELECT md5('field ' || i)::uuid, pg_temp.company(pg_temp.throw(i, 2, 100)), 'field_' || i,
       pg_temp.one_of('{"Größe \"netto\"",予算,"Next step","Path C:\\tmp"," "}', i) || CASE WHEN i % 5 <> 4 THEN ' ' || i ELSE '' END,
       CASE WHEN i = 42 THEN 'somthing' ELSE pg_temp.one_of('{string,int,date,select}', i) END,
       CASE WHEN i % 4 = 3 THEN '{small,"a, b","say \"hi\"",NULL,"{}"}'::text[] END,
       timestamp '2019-05-05 12:00' + i * interval '1 day'
FROM generate_series(1, 120) AS i;

INSERT INTO leads
SELECT md5('lead ' || i)::uuid,
       pg_temp.company(pg_temp.throw(i, 3, 100)),
       pg_temp.one_of('{"Ana María Núñez",李小龍,"Сергей Иванов","Jack \"The Hat\" O''Neil","  Padded  ","Zoë 🚀",""}', pg_temp.throw(i, 4, 1009)) || ' ' || i,
       CASE WHEN has_email THEN 'lead' || i || '@example.com' WHEN i % 2 = 0 THEN ' ' END,
       CASE pg_temp.throw(i, 5, 9) WHEN 0 THEN 'other' || i || '@example.net' WHEN 1 THEN '' END,
       CASE WHEN has_phone THEN '+49 30 ' || 1000000 + i WHEN i % 3 = 0 THEN '' END,
       CASE WHEN i % 11 = 0 THEN '   ' END,
       pg_temp.one_of('{"Acme, Inc.","",NULL,"Smörgås \\ Co","\"Quoted\" GmbH"}', pg_temp.throw(i, 6, 1013)),
       pg_temp.one_of('{CTO,"Head of\n\"Growth\"",NULL," ",Менеджер}', pg_temp.throw(i, 7, 1019)),
       pg_temp.one_of('{csv,api,NULL}', i),
       CASE pg_temp.throw(i, 8, 8)
           WHEN 0 THEN NULL
           WHEN 1 THEN '{}'
           WHEN 2 THEN ARRAY['a,b', NULL, 'say "hi"', '{braces}', E'back\\slash', '']
           WHEN 3 THEN ARRAY['NULL', 'null', E'two\nlines', 'naïve café', '🏷']
           ELSE ARRAY['newsletter', 'tag ' || pg_temp.throw(i, 9, 50)]
       END,
       pg_temp.one_of('{a,B," c ",D,"",NULL}', pg_temp.throw(i, 10, 1021)),
       nullif(pg_temp.throw(i, 11, 101), 100),
       pg_temp.throw(i, 12, 7),
       timestamp '2021-01-01' + pg_temp.throw(i, 13, 100000000) * interval '1 second',
       timestamp '2024-06-01' + pg_temp.throw(i, 14, 30000000) * interval '1 second',
       pg_temp.one_of('{google,"",facebook,NULL}', i), pg_temp.one_of('{cpc,organic}', i), pg_temp.one_of('{spring,"été 2021",NULL}', i),
       pg_temp.one_of('{bing,linkedin}', i), pg_temp.one_of('{cpc,email," "}', i), pg_temp.one_of('{"Black \"Friday\"",NULL}', i),
       CASE WHEN i % 4 > 0 THEN jsonb_build_object('field_' || i % 120 + 1, E'line one\nline "two" \\ end', 'size', i / 7.0) END,
       'debug ' || i,
       timestamp '2020-12-31 23:59:59.123456' + i * interval '17 seconds',
       CASE WHEN i % 5 > 0 THEN timestamp '2025-02-03 04:05:06.789' + i * interval '1 second' END
FROM generate_series(1, :rows::bigint / 5) AS i,
     LATERAL (SELECT pg_temp.throw(i, 15, 5) > 0 AS has_email, pg_temp.throw(i, 16, 12) > 0 AS has_phone) AS contact;

-- One in a hundred belongs to a lead that does not exist, one in two hundred to nobody.
INSERT INTO conversions
SELECT md5('conversion ' || i)::uuid,
       pg_temp.company(pg_temp.throw(lead, 3, 100)),
       CASE WHEN pg_temp.throw(i, 20, 100) = 0 THEN md5('gone ' || i)::uuid WHEN pg_temp.throw(i, 21, 200) > 0 THEN md5('lead ' || lead)::uuid END,
       pg_temp.one_of('{Newsletter,"Demo \"live\"",Pricing,"デモ申込み","Contact\\Form",Webinar,Download}', pg_temp.throw(i, 22, 1031)),
       pg_temp.one_of('{form-1,"",NULL}', i),
       timestamp '2021-02-03' + pg_temp.throw(i, 23, 130000000) * interval '1 second',
       CASE pg_temp.throw(i, 24, 4) WHEN 0 THEN 0 WHEN 1 THEN NULL ELSE pg_temp.throw(i, 25, 1000000) / 100.0 END,
       pg_temp.one_of('{site," ",import}', i),
       pg_temp.one_of('{google,"",facebook,NULL}', i), pg_temp.one_of('{cpc,organic}', i), pg_temp.one_of('{spring,NULL,"été"}', i),
       pg_temp.one_of('{paid,"",social}', i),
       'https://example.com/p/' || i || '?q=%22a%20b%22&utm_campaign=%C3%A9t%C3%A9#top', 'example.com',
       pg_temp.one_of('{desktop,mobile,NULL}', i),
       CASE pg_temp.throw(i, 26, 10)
           WHEN 0 THEN NULL
           WHEN 1 THEN '{"price": 0.1000000000000000000000001, "big": 123456789012345678901234567890, "empty": {}, "list": [null, "", []]}'
           ELSE jsonb_build_object('form', 'f-' || pg_temp.throw(i, 27, 40), 'message', E'He said: "why\\not?"\r\n\t- 李 🚀\u00a0,;|',
                                   'fields', jsonb_build_array(i, i % 2 = 0, NULL, pg_temp.throw(i, 28, 1000) / 8.0))
       END,
       timestamp '2021-02-03 00:00:01' + i * interval '11 seconds'
FROM generate_series(1, :rows::bigint / 2) AS i,
     LATERAL (SELECT 1 + pg_temp.throw(i, 29, greatest(1, :rows::bigint / 5)) AS lead) AS _;

INSERT INTO segments
SELECT md5('segment ' || i)::uuid, pg_temp.company(pg_temp.throw(i, 30, 100)),
       pg_temp.one_of('{"Hot \"A\" leads",新規,"Never called"}', i) || ' ' || i,
       jsonb_build_object('all', jsonb_build_array(jsonb_build_object('field', 'fit_score', 'is', 'A'),
                                                   jsonb_build_object('field', 'tags', 'has', E'a,b"\\'))),
       timestamp '2023-03-26 02:30' + i * interval '1 day'
FROM generate_series(1, 200) AS i;

INSERT INTO email_events (lead_id, kind, created_at)
SELECT md5('lead ' || 1 + pg_temp.throw(i, 31, greatest(1, :rows::bigint / 5)))::uuid, pg_temp.one_of('{sent,opened,clicked}', i),
       timestamp '2024-01-01' + i * interval '3 seconds'
FROM generate_series(1, :rows::bigint * 3 / 10) AS i;

INSERT INTO sessions_old_2019
SELECT md5('token ' || i), decode(repeat(md5('session ' || i), 4), 'hex') FROM generate_series(1, 500) AS i;
