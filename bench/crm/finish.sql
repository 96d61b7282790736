ALTER TABLE conversions VALIDATE CONSTRAINT conversions_lead
ALTER TABLE leads VALIDATE CONSTRAINT leads_organization
ANALYZE conversions
ANALYZE leads
ANALYZE organizations
