SELECT id,
       left(translate(encode(sha256(company_id::text::bytea), 'base64'), '+/', '-_'), 21) AS organization_id,
       contact_id AS lead_id,
       trim(conversion_name) AS name,
       nullif(trim(conversion_identifier), '') AS identifier,
       conversion_date AT TIME ZONE 'UTC' AS date,
       nullif(conversion_value, 0) AS value,
       nullif(trim(traffic_source_source), '') AS utm_source,
       nullif(trim(traffic_source_medium), '') AS utm_medium,
       nullif(trim(conversion_url), '') AS conversion_url,
       nullif(trim(device), '') AS device,
       coalesce(payload_raw_json, '{}') AS raw_payload,
       created_at AT TIME ZONE 'UTC' AS created_at
FROM legacy.conversions
