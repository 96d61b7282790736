-- The way back, before the new application has written anything: the new tables are dropped, and `rehome run` can begin anew.
--
--     psql "$TARGET_URL" -v ON_ERROR_STOP=1 -f sql/back.sql
--
-- Run it while no rehome is at work. No CASCADE: if somebody has built something upon these tables, it says so and changes nothing.

BEGIN;
SET LOCAL lock_timeout = '5s';

DROP TABLE profiles, offices, doctors, doctor_offices, patients, plans, cases, template_products, orders, payments, files, comments, messages,
    appointments;
DROP TYPE profile_role;
DROP TABLE countries, states, cities, currencies, languages, timezones, specialties, insurance_carriers, insurance_plans, procedure_codes,
    diagnosis_codes, materials, shade_colors, tooth_numbers, file_types, order_statuses, case_states, plan_states, cancel_reasons,
    shipping_methods, shipping_carriers, tax_rates, holidays, email_templates, sms_templates, notification_types, user_groups,
    permissions, group_permissions, feature_settings, price_lists, price_list_items, labs, lab_machines, lab_shifts, api_clients,
    webhooks, audit_log, login_history, status_history;

-- What rehome has noted. The crosswalks are there once a run has got so far.
DO $$
DECLARE
    kept text;
BEGIN
    FOREACH kept IN ARRAY ARRAY['profiles', 'patients', 'plans', 'orders'] LOOP
        IF to_regclass('rehome.crosswalk_' || kept) IS NOT NULL THEN
            EXECUTE format('DELETE FROM rehome.%I WHERE migration IN (SELECT id FROM rehome.migration WHERE name = %L)', 'crosswalk_' || kept, 'clinic');
        END IF;
    END LOOP;
END
$$;
DELETE FROM rehome.migration WHERE name = 'clinic';
COMMIT;
