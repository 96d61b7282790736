-- The lead is looked up and not taken on trust: lead_id is NULL where the lead does not exist, or was left behind for want
-- of an address. The rule no_lead in migration.yaml sets these rows aside.
SELECT conversion.id,
       left(translate(encode(sha256(conversion.company_id::text::bytea), 'base64'), '+/', '-_'), 21) AS organization_id,
       lead.id AS lead_id,
       trim(conversion.conversion_name) AS name,
       nullif(trim(conversion.conversion_identifier), '') AS identifier,
       conversion.conversion_date AT TIME ZONE 'UTC' AS date,
       nullif(conversion.conversion_value, 0) AS value,
       nullif(trim(conversion.source), '') AS source,
       nullif(trim(conversion.traffic_source_source), '') AS utm_source,
       nullif(trim(conversion.traffic_source_medium), '') AS utm_medium,
       nullif(trim(conversion.traffic_source_campaign), '') AS utm_campaign,
       nullif(trim(conversion.traffic_source_channel), '') AS utm_channel,
       nullif(trim(conversion.conversion_url), '') AS conversion_url,
       nullif(trim(conversion.conversion_domain), '') AS conversion_domain,
       nullif(trim(conversion.device), '') AS device,
       coalesce(conversion.payload_raw_json, '{}') AS raw_payload,
       'legacy_migration' AS external_source,
       conversion.created_at AT TIME ZONE 'UTC' AS created_at
FROM conversions AS conversion
LEFT JOIN leads AS lead
       ON lead.id = conversion.contact_id
      AND lead.company_id = conversion.company_id
      AND coalesce(nullif(trim(lead.email), ''), nullif(trim(lead.phone), '')) IS NOT NULL
