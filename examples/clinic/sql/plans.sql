SELECT rehome.uuid('plans', p.id) AS id,
       p.id AS legacy_id,
       rehome.uuid('patients', p.patient_id) AS patient_id,
       p.version,
       p.status,
       nullif(p.notes, '') AS notes,
       p.created_at AT TIME ZONE 'Europe/Berlin' AS created_at
  FROM dispatch_plan p
