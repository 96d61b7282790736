-- No WHERE: migration.yaml says which leads are read (`where`), and sets those aside that nobody can reach (the rule no_contact).
SELECT id,                                                        -- the uuid stays
       rehome.nanoid('organizations', company_id) AS organization_id,
       nullif(trim(name), '') AS name,
       nullif(trim(email), '') AS email,
       nullif(trim(secondary_email), '') AS secondary_email,
       nullif(trim(phone), '') AS phone,
       nullif(trim(secondary_phone), '') AS secondary_phone,
       nullif(trim(company), '') AS company,
       nullif(trim(job_title), '') AS job_title,
       coalesce(import_method, 'unknown') AS import_method,
       id::text AS external_id,
       'legacy_migration' AS external_source,
       coalesce(tags, '{}') AS tags,                              -- text[] on both sides
       upper(coalesce(nullif(trim(fit_score), ''), 'F')) AS fit_score,
       coalesce(interest, 0) AS interest,
       coalesce(number_conversions, 0) AS total_conversions,
       first_conversion_date AT TIME ZONE 'UTC' AS first_conversion_date,
       last_conversion_date AT TIME ZONE 'UTC' AS last_conversion_date,
       -- these ten as they are, blanks too; the written plan trims them for conversions only
       first_traffic_source_source AS first_conversion_utm_source,
       first_traffic_source_medium AS first_conversion_utm_medium,
       first_traffic_source_campaign AS first_conversion_utm_campaign,
       first_traffic_source_content AS first_conversion_utm_content,
       first_traffic_source_term AS first_conversion_utm_term,
       last_traffic_source_source AS last_conversion_utm_source,
       last_traffic_source_medium AS last_conversion_utm_medium,
       last_traffic_source_campaign AS last_conversion_utm_campaign,
       last_traffic_source_content AS last_conversion_utm_content,
       last_traffic_source_term AS last_conversion_utm_term,
       -- notes: not in the source. The column's default '' fills it, and a second run leaves alone what people wrote since.
       created_at AT TIME ZONE 'UTC' AS created_at,
       coalesce(updated_at, created_at) AT TIME ZONE 'UTC' AS updated_at -- not now(): when a lead last changed is a fact
FROM leads
