SELECT rehome.uuid('cases', c.id) AS id,
       c.id AS legacy_id,
       rehome.uuid('patients', c.patient_id) AS patient_id,
       rehome.uuid('plans', c.plan_id) AS plan_id,                                             -- NULL stays NULL
       c.state,
       c.opened_at AT TIME ZONE 'Europe/Berlin' AS opened_at,
       c.closed_at AT TIME ZONE 'Europe/Berlin' AS closed_at
  FROM dispatch_case c
