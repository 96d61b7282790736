-- Patients could not log in until now: each gets a profile, known by legacy_patient_id. 'patient profiles' and not 'profiles', or patient
-- 7 would get the uuid of user 7.
SELECT rehome.uuid('patient profiles', p.id) AS id,
       'patient' AS role,
       nullif(lower(trim(p.email)), '') AS email,
       trim(p.first_name || ' ' || p.last_name) AS full_name,
       p.id AS legacy_patient_id,
       true AS is_active,
       p.created_at AT TIME ZONE 'Europe/Berlin' AS created_at
  FROM dispatch_patient p
