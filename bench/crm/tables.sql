-- The new tables. Their columns stand in the order in which the transforms give them.
CREATE TABLE organizations (
    id         text PRIMARY KEY,
    name       text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE leads (
    id                          uuid NOT NULL,
    organization_id             text NOT NULL,
    name                        text,
    email                       text,
    phone                       text,
    company                     text,
    job_title                   text,
    tags                        text[] NOT NULL,
    fit_score                   text NOT NULL,
    interest                    integer NOT NULL,
    total_conversions           integer NOT NULL,
    first_conversion_date       timestamptz,
    last_conversion_date        timestamptz,
    first_conversion_utm_source text,
    last_conversion_utm_source  text,
    custom_fields               jsonb NOT NULL,
    created_at                  timestamptz NOT NULL
);

CREATE TABLE conversions (
    id              uuid NOT NULL,
    organization_id text NOT NULL,
    lead_id         uuid NOT NULL,
    name            text NOT NULL,
    identifier      text,
    date            timestamptz NOT NULL,
    value           numeric(12,2),
    utm_source      text,
    utm_medium      text,
    conversion_url  text,
    device          text,
    raw_payload     jsonb NOT NULL,
    created_at      timestamptz NOT NULL
);
