-- A CRM as it grew over the years: text where a type was meant, blanks where NULL was meant, and no foreign keys.

CREATE TABLE companies (
    id         uuid PRIMARY KEY,
    name       text NOT NULL,
    active     boolean NOT NULL DEFAULT true,
    plan       text,
    created_at timestamp NOT NULL,
    updated_at timestamp
);

CREATE TABLE users (
    id            uuid PRIMARY KEY,
    company_id    uuid NOT NULL REFERENCES companies,
    email         text NOT NULL,
    password_hash text NOT NULL,
    last_login    timestamp
);

CREATE TABLE leads_custom_fields_definitions (
    id         uuid PRIMARY KEY,
    company_id uuid NOT NULL,
    key        text NOT NULL,
    label      text,
    kind       text,                    -- string, int, date, select, and what somebody typed
    options    text[],
    created_at timestamp NOT NULL
);

CREATE TABLE leads (
    id                            uuid PRIMARY KEY,
    company_id                    uuid NOT NULL,
    name                          text,
    email                         text,
    secondary_email               text,
    phone                         text,
    secondary_phone               text,
    company                       text,
    job_title                     text,
    import_method                 text,
    tags                          text[],
    fit_score                     text,
    interest                      integer,
    number_conversions            integer,
    first_conversion_date         timestamp,
    last_conversion_date          timestamp,
    first_traffic_source_source   text,
    first_traffic_source_medium   text,
    first_traffic_source_campaign text,
    last_traffic_source_source    text,
    last_traffic_source_medium    text,
    last_traffic_source_campaign  text,
    custom_fields                 jsonb,
    score_debug                   text, -- written by a script that nobody runs any more
    created_at                    timestamp NOT NULL,
    updated_at                    timestamp
);
CREATE INDEX leads_company_id ON leads (company_id);

CREATE TABLE conversions (
    id                      uuid PRIMARY KEY,
    company_id              uuid NOT NULL,
    contact_id              uuid,       -- leads.id, more or less: nothing ever checked it
    conversion_name         text,
    conversion_identifier   text,
    conversion_date         timestamp NOT NULL,
    conversion_value        numeric(12,2),
    source                  text,
    traffic_source_source   text,
    traffic_source_medium   text,
    traffic_source_campaign text,
    traffic_source_channel  text,
    conversion_url          text,
    conversion_domain       text,
    device                  text,
    payload_raw_json        jsonb,
    created_at              timestamp NOT NULL
);
CREATE INDEX conversions_company_id ON conversions (company_id);
CREATE INDEX conversions_contact_id ON conversions (contact_id);

CREATE TABLE segments (
    id         uuid PRIMARY KEY,
    company_id uuid NOT NULL,
    name       text NOT NULL,
    conditions jsonb NOT NULL,
    created_at timestamp NOT NULL
);

-- What nobody takes along.

CREATE TABLE email_events (
    id         bigserial PRIMARY KEY,
    lead_id    uuid NOT NULL,
    kind       text NOT NULL,
    created_at timestamp NOT NULL
);

CREATE TABLE sessions_old_2019 (
    token   text,
    content bytea
);

CREATE VIEW active_leads AS
SELECT l.* FROM leads AS l JOIN companies AS c ON c.id = l.company_id WHERE c.active;
