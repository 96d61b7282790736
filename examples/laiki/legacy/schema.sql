-- The old CRM of ten companies, with the columns that the migration plan speaks of. No foreign keys: nothing ever checked
-- that a conversion has a lead. Moments are timestamps without a time zone, in UTC by convention.

CREATE TABLE companies (
    id         uuid PRIMARY KEY,
    name       text NOT NULL,
    active     boolean NOT NULL DEFAULT true,
    created_at timestamp NOT NULL,
    updated_at timestamp
);

CREATE TABLE leads_custom_fields_definitions (
    id         uuid PRIMARY KEY,
    company_id uuid NOT NULL,
    name       text NOT NULL,
    label      text,
    type       text NOT NULL,
    options    jsonb,
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
    first_traffic_source_content  text,
    first_traffic_source_term     text,
    last_traffic_source_source    text,
    last_traffic_source_medium    text,
    last_traffic_source_campaign  text,
    last_traffic_source_content   text,
    last_traffic_source_term      text,
    created_at                    timestamp NOT NULL,
    updated_at                    timestamp
);
CREATE INDEX ON leads (company_id);

CREATE TABLE conversions (
    id                      uuid PRIMARY KEY,
    company_id              uuid NOT NULL,
    contact_id              uuid,          -- leads.id; some name a lead that was deleted
    conversion_name         text,
    conversion_identifier   text,
    conversion_date         timestamp NOT NULL,
    conversion_value        numeric(12,2), -- 0 where there was no value
    source                  text,
    traffic_source_source   text,
    traffic_source_medium   text,
    traffic_source_campaign text,
    traffic_source_content  text,
    traffic_source_term     text,
    traffic_source_channel  text,
    conversion_url          text,
    conversion_domain       text,
    device                  text,
    payload_raw_json        jsonb
);
CREATE INDEX ON conversions (company_id);
CREATE INDEX ON conversions (contact_id);

CREATE TABLE segments (
    id         uuid PRIMARY KEY,
    company_id uuid NOT NULL,
    name       text NOT NULL,
    conditions jsonb NOT NULL,
    created_at timestamp NOT NULL
);

-- Stays behind: nothing of the migration reads it, so its rows are not even restored from the dump.
CREATE TABLE email_events (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lead_id    uuid NOT NULL,
    kind       text NOT NULL,
    created_at timestamp NOT NULL
);
