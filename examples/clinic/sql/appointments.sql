SELECT rehome.uuid('appointments', a.id) AS id,
       a.id AS legacy_id,
       rehome.uuid('patients', a.patient_id) AS patient_id,
       rehome.uuid('offices', a.office_id) AS office_id,
       tstzrange(a.starts_at AT TIME ZONE 'Europe/Berlin',
                 a.starts_at AT TIME ZONE 'Europe/Berlin' + a.minutes * interval '1 minute') AS during
  FROM dispatch_appointment a
