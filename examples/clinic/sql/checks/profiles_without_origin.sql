-- Every profile must be found by its old key.
SELECT count(*) FROM profiles WHERE legacy_user_id IS NULL AND legacy_patient_id IS NULL
