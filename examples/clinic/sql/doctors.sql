SELECT rehome.uuid('doctors', d.id) AS id,
       d.id AS legacy_id,
       rehome.uuid('profiles', d.user_id) AS profile_id,
       rehome.uuid('offices', d.office_id) AS office_id,
       nullif(trim(d.license_number), '') AS license_number,
       d.specialty
  FROM dispatch_doctor d
