SELECT rehome.uuid('doctors', x.doctor_id) AS doctor_id,
       rehome.uuid('offices', x.office_id) AS office_id,
       x.since
  FROM dispatch_doctor_office x
