CREATE UNIQUE INDEX conversions_pkey ON conversions (id)
CREATE INDEX conversions_lead_id ON conversions (lead_id)
CREATE UNIQUE INDEX leads_pkey ON leads (id)
CREATE INDEX leads_organization_id ON leads (organization_id)
