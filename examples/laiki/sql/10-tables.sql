-- The tables of the new application. In production they are there already; here the migration brings them along, hence IF NOT
-- EXISTS. Run once, before the first company; the next ones come into the same tables.

CREATE TABLE IF NOT EXISTS organizations (
    id         text PRIMARY KEY CHECK (id ~ '^[A-Za-z0-9_-]{21}$'), -- a nanoid
    name       text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS custom_field_definitions (
    id              uuid PRIMARY KEY,
    organization_id text NOT NULL REFERENCES organizations ON DELETE CASCADE,
    name            text NOT NULL,
    label           text,
    type            text NOT NULL CHECK (type IN ('text', 'number', 'date', 'select')),
    options         jsonb NOT NULL DEFAULT '[]',
    created_at      timestamptz NOT NULL DEFAULT now(),
    UNIQUE (organization_id, name)
);

CREATE TABLE IF NOT EXISTS leads (
    id                            uuid PRIMARY KEY,
    organization_id               text NOT NULL REFERENCES organizations ON DELETE CASCADE,
    name                          text,
    email                         text,
    secondary_email               text,
    phone                         text,
    secondary_phone               text,
    company                       text,
    job_title                     text,
    import_method                 text NOT NULL DEFAULT 'unknown',
    external_id                   text,
    external_source               text,
    tags                          text[] NOT NULL DEFAULT '{}',
    fit_score                     text NOT NULL DEFAULT 'F' CHECK (fit_score IN ('A', 'B', 'C', 'D', 'F')),
    interest                      integer NOT NULL DEFAULT 0,
    total_conversions             integer NOT NULL DEFAULT 0,
    first_conversion_date         timestamptz,
    last_conversion_date          timestamptz,
    first_conversion_utm_source   text,
    first_conversion_utm_medium   text,
    first_conversion_utm_campaign text,
    first_conversion_utm_content  text,
    first_conversion_utm_term     text,
    last_conversion_utm_source    text,
    last_conversion_utm_medium    text,
    last_conversion_utm_campaign  text,
    last_conversion_utm_content   text,
    last_conversion_utm_term      text,
    notes                         text NOT NULL DEFAULT '',
    created_at                    timestamptz NOT NULL DEFAULT now(),
    updated_at                    timestamptz NOT NULL DEFAULT now(),
    CHECK (email IS NOT NULL OR phone IS NOT NULL)
);
CREATE INDEX IF NOT EXISTS leads_organization_email ON leads (organization_id, lower(email));
CREATE INDEX IF NOT EXISTS leads_tags ON leads USING gin (tags);

CREATE TABLE IF NOT EXISTS conversions (
    id                uuid PRIMARY KEY,
    organization_id   text NOT NULL REFERENCES organizations ON DELETE CASCADE,
    lead_id           uuid NOT NULL REFERENCES leads ON DELETE CASCADE,
    name              text NOT NULL CHECK (trim(name) <> ''),
    identifier        text,
    date              timestamptz NOT NULL,
    value             numeric(12,2),
    source            text,
    utm_source        text,
    utm_medium        text,
    utm_campaign      text,
    utm_content       text,
    utm_term          text,
    utm_channel       text,
    conversion_url    text,
    conversion_domain text,
    device            text,
    raw_payload       jsonb NOT NULL DEFAULT '{}',
    external_id       text,
    external_source   text,
    idempotency_hash  text NOT NULL DEFAULT '',
    created_at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS conversions_lead ON conversions (lead_id);
CREATE INDEX IF NOT EXISTS conversions_organization_date ON conversions (organization_id, date);

CREATE TABLE IF NOT EXISTS segments (
    id              uuid PRIMARY KEY,
    organization_id text NOT NULL REFERENCES organizations ON DELETE CASCADE,
    name            text NOT NULL,
    conditions      jsonb NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now()
);

-- The application's own trigger. It fires for migrated rows as for any other, so no transform needs to know how the hash is made.
CREATE OR REPLACE FUNCTION conversions_idempotency_hash() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.idempotency_hash := md5(concat_ws('|', NEW.organization_id, NEW.lead_id, NEW.name, NEW.identifier, extract(epoch FROM NEW.date)));
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER conversions_idempotency_hash BEFORE INSERT OR UPDATE ON conversions
    FOR EACH ROW EXECUTE FUNCTION conversions_idempotency_hash();
