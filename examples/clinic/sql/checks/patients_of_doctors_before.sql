SELECT d.license_number, count(*) FROM dispatch_doctor d JOIN dispatch_patient p ON p.doctor_id = d.id
 GROUP BY 1 ORDER BY 2 DESC, d.license_number COLLATE "C" LIMIT 20
