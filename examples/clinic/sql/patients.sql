SELECT rehome.uuid('patients', p.id) AS id,
       p.id AS legacy_id,
       rehome.uuid('patient profiles', p.id) AS profile_id,
       rehome.uuid('doctors', p.doctor_id) AS doctor_id,
       p.birth_date,
       CASE lower(p.sex) WHEN 'w' THEN 'f' ELSE nullif(lower(trim(p.sex)), '') END AS sex,     -- w: weiblich
       CASE WHEN trim(p.insurance_info) LIKE '{%' THEN p.insurance_info::jsonb                 -- the form's JSON
            WHEN trim(p.insurance_info) <> '' THEN jsonb_build_object('note', p.insurance_info)
       END AS insurance,
       nullif(p.medical_history, '') AS medical_history,
       p.created_at AT TIME ZONE 'Europe/Berlin' AS created_at,
       p.updated_at AT TIME ZONE 'Europe/Berlin' AS updated_at
  FROM dispatch_patient p
