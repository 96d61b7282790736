-- The old tables: psql -v rows=3000000 -f legacy.sql. A third of the rows are leads, two thirds are conversions. No randomness:
-- the same number of rows gives the same rows.
CREATE SCHEMA legacy;

CREATE TABLE legacy.companies (
    id         uuid PRIMARY KEY,
    name       text NOT NULL,
    created_at timestamp NOT NULL
);

CREATE TABLE legacy.leads (
    id                          uuid NOT NULL,
    company_id                  uuid NOT NULL,
    name                        text,
    email                       text,
    phone                       text,
    company                     text,
    job_title                   text,
    tags                        text[],
    fit_score                   text,
    interest                    integer,
    number_conversions          integer,
    first_conversion_date       timestamp,
    last_conversion_date        timestamp,
    first_traffic_source_source text,
    last_traffic_source_source  text,
    custom_fields               jsonb,
    created_at                  timestamp NOT NULL
);

CREATE TABLE legacy.conversions (
    id                    uuid NOT NULL,
    company_id            uuid NOT NULL,
    contact_id            uuid NOT NULL,
    conversion_name       text NOT NULL,
    conversion_identifier text,
    conversion_date       timestamp NOT NULL,
    conversion_value      numeric(12,2),
    traffic_source_source text,
    traffic_source_medium text,
    conversion_url        text,
    device                text,
    payload_raw_json      jsonb,
    created_at            timestamp NOT NULL
);

INSERT INTO legacy.companies
SELECT md5('company ' || i)::uuid, 'Company ' || i, timestamp '2018-01-01' + i * interval '1 day'
FROM generate_series(0, 9) AS i;

INSERT INTO legacy.leads
SELECT md5('lead ' || i)::uuid,
       md5('company ' || i % 10)::uuid,
       'Zoë Núñez ' || i,
       'lead' || i || '@example.com',
       CASE WHEN i % 3 > 0 THEN '+49 30 ' || 1000000 + i ELSE '' END,
       (ARRAY['Acme, Inc.', '', 'Smörgås & Co'])[1 + i % 3],
       (ARRAY['CTO', 'Head of "Growth"', NULL, 'Менеджер'])[1 + i % 4],
       ARRAY['newsletter', 'tag ' || i % 50, NULL],
       (ARRAY['a', 'B', ' c ', ''])[1 + i % 4],
       i % 101,
       i % 7,
       timestamp '2021-01-01' + i % 100000 * interval '1 minute',
       timestamp '2024-06-01' + i % 100000 * interval '1 minute',
       (ARRAY['google', '', 'facebook', NULL])[1 + i % 4],
       (ARRAY['bing', 'linkedin'])[1 + i % 2],
       jsonb_build_object('size', i % 1000, 'note', 'said "yes" to ' || i),
       timestamp '2020-12-31' + i * interval '17 seconds'
FROM generate_series(1, greatest(1, :rows::bigint / 3)) AS i;

INSERT INTO legacy.conversions
SELECT md5('conversion ' || i)::uuid,
       md5('company ' || lead % 10)::uuid,
       md5('lead ' || lead)::uuid,
       (ARRAY['Newsletter', 'Demo "live"', 'Pricing', 'デモ'])[1 + i % 4],
       (ARRAY['form-1', '', NULL])[1 + i % 3],
       timestamp '2021-02-03' + i % 500000 * interval '1 minute',
       CASE WHEN i % 4 > 0 THEN i % 100000 / 7.0 ELSE 0 END,
       (ARRAY['google', '', 'facebook', NULL])[1 + i % 4],
       (ARRAY['cpc', 'organic'])[1 + i % 2],
       'https://example.com/p/' || i || '?utm_campaign=%C3%A9t%C3%A9',
       (ARRAY['desktop', 'mobile', NULL])[1 + i % 3],
       jsonb_build_object('form', 'f-' || i % 40, 'message', E'He said: "why\\not?"\n' || i, 'fields', jsonb_build_array(i, i % 2 = 0, NULL)),
       timestamp '2021-02-03' + i * interval '11 seconds'
FROM generate_series(1, :rows::bigint - :rows::bigint / 3) AS i,
     LATERAL (SELECT 1 + i * 7919 % greatest(1, :rows::bigint / 3) AS lead) AS _;

ALTER TABLE legacy.leads ADD PRIMARY KEY (id), ADD FOREIGN KEY (company_id) REFERENCES legacy.companies;
CREATE INDEX leads_company_id ON legacy.leads (company_id);
ALTER TABLE legacy.conversions ADD PRIMARY KEY (id), ADD FOREIGN KEY (contact_id) REFERENCES legacy.leads;
CREATE INDEX conversions_contact_id ON legacy.conversions (contact_id);
VACUUM ANALYZE legacy.companies, legacy.leads, legacy.conversions;
