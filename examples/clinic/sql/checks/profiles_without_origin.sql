-- Whoever is a doctor or a patient must be found by the old key.
SELECT count(*) FROM profiles WHERE legacy_user_id IS NULL AND legacy_patient_id IS NULL
