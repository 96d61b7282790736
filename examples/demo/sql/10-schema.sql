-- The new schema. It is additive: what is there already stays, so that company after company can be migrated into it.

CREATE TABLE IF NOT EXISTS organizations (
    id         text PRIMARY KEY CHECK (length(id) = 21),
    legacy_id  uuid NOT NULL UNIQUE,
    name       text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE IF NOT EXISTS custom_field_definitions (
    id              uuid PRIMARY KEY,
    organization_id text NOT NULL REFERENCES organizations,
    key             text NOT NULL,
    label           text,
    type            text NOT NULL CHECK (type IN ('text', 'number', 'date', 'choice')),
    options         text[] NOT NULL DEFAULT '{}',
    created_at      timestamptz NOT NULL,
    UNIQUE (organization_id, key)
);

CREATE TABLE IF NOT EXISTS leads (
    id                            uuid PRIMARY KEY,
    organization_id               text NOT NULL REFERENCES organizations,
    name                          text,
    email                         text,
    secondary_email               text,
    phone                         text,
    secondary_phone               text,
    company                       text,
    job_title                     text,
    import_method                 text NOT NULL,
    external_id                   text NOT NULL,
    external_source               text NOT NULL,
    tags                          text[] NOT NULL,
    fit_score                     char(1) NOT NULL CHECK (fit_score IN ('A', 'B', 'C', 'D', 'F')),
    interest                      integer NOT NULL,
    total_conversions             bigint NOT NULL,
    first_conversion_date         timestamptz,
    last_conversion_date          timestamptz,
    first_conversion_utm_source   text,
    first_conversion_utm_medium   text,
    first_conversion_utm_campaign text,
    last_conversion_utm_source    text,
    last_conversion_utm_medium    text,
    last_conversion_utm_campaign  text,
    custom_fields                 jsonb NOT NULL,
    notes                         text NOT NULL DEFAULT '',
    created_at                    timestamptz NOT NULL,
    updated_at                    timestamptz NOT NULL,
    CHECK (email IS NOT NULL OR phone IS NOT NULL)
);
CREATE INDEX IF NOT EXISTS leads_organization_email ON leads (organization_id, lower(email));
CREATE INDEX IF NOT EXISTS leads_tags ON leads USING gin (tags);

CREATE TABLE IF NOT EXISTS conversions (
    id                uuid PRIMARY KEY,
    organization_id   text NOT NULL REFERENCES organizations,
    lead_id           uuid NOT NULL REFERENCES leads,
    name              text NOT NULL,
    identifier        text,
    date              timestamptz NOT NULL,
    value             numeric(14,2) CHECK (value <> 0),
    source            text,
    utm_source        text,
    utm_medium        text,
    utm_campaign      text,
    utm_channel       text,
    conversion_url    text,
    conversion_domain text,
    device            text,
    raw_payload       jsonb NOT NULL,
    external_source   text NOT NULL,
    idempotency_hash  text NOT NULL DEFAULT '',
    created_at        timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS conversions_lead ON conversions (lead_id, date);
CREATE INDEX IF NOT EXISTS conversions_organization_date ON conversions (organization_id, date);

CREATE TABLE IF NOT EXISTS segments (
    id              uuid PRIMARY KEY,
    organization_id text NOT NULL REFERENCES organizations,
    name            text NOT NULL,
    conditions      jsonb NOT NULL,
    created_at      timestamptz NOT NULL
);

-- The application's trigger. It fires for migrated rows too, so no transform has to know how the hash is made.
CREATE OR REPLACE FUNCTION conversions_hash() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.idempotency_hash := md5(concat_ws('|', NEW.lead_id, NEW.name, NEW.identifier, NEW.date AT TIME ZONE 'UTC'));
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER conversions_hash BEFORE INSERT ON conversions
    FOR EACH ROW EXECUTE FUNCTION conversions_hash();
