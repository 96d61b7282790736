ALTER TABLE leads ADD PRIMARY KEY USING INDEX leads_pkey
ALTER TABLE conversions ADD PRIMARY KEY USING INDEX conversions_pkey
ALTER TABLE leads ADD CONSTRAINT leads_organization FOREIGN KEY (organization_id) REFERENCES organizations NOT VALID
ALTER TABLE conversions ADD CONSTRAINT conversions_lead FOREIGN KEY (lead_id) REFERENCES leads NOT VALID
