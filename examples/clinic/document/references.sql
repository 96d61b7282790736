-- Run on the new database: rows that lead nowhere. Every number should be 0.
SELECT 'doctors without profile' AS what, count(*) AS broken FROM doctors d LEFT JOIN profiles p ON p.id = d.profile_id WHERE p.legacy_user_id IS NULL
UNION ALL
SELECT 'patients without profile', count(*) FROM patients x LEFT JOIN profiles p ON p.id = x.profile_id WHERE p.legacy_patient_id IS DISTINCT FROM x.legacy_id
UNION ALL
SELECT 'patients without doctor', count(*) FROM patients x LEFT JOIN doctors d ON d.id = x.doctor_id WHERE d.id IS NULL
UNION ALL
SELECT 'cases without patient', count(*) FROM cases x LEFT JOIN patients p ON p.id = x.patient_id WHERE p.id IS NULL
UNION ALL
SELECT 'orders without case', count(*) FROM orders x LEFT JOIN cases c ON c.id = x.case_id WHERE c.id IS NULL
UNION ALL
SELECT 'payments without order', count(*) FROM payments x LEFT JOIN orders o ON o.id = x.order_id WHERE o.id IS NULL
UNION ALL
SELECT 'files without case', count(*) FROM files x LEFT JOIN cases c ON c.id = x.case_id WHERE c.id IS NULL
UNION ALL
SELECT 'foreign keys that were not validated', count(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated;
