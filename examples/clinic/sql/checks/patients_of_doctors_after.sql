SELECT d.license_number, count(*) FROM doctors d JOIN patients p ON p.doctor_id = d.id
 GROUP BY 1 ORDER BY 2 DESC, d.license_number COLLATE "C" LIMIT 20
