-- Fills the old database: psql -v rows=2000 -f data.sql. `rows` is the number of comments; everything together is about
-- six times as much. The same number always gives the same rows.
\if :{?rows}
\else
    \set rows 2000
\endif
SELECT greatest(:rows / 10, 40) AS users, greatest(:rows / 100, 8) AS doctors, greatest(:rows / 1000, 3) AS offices,
       greatest(:rows / 4, 50) AS patients \gset

-- A throw of a die: the same for the same row and die.
CREATE FUNCTION pg_temp.throw(i bigint, die bigint, sides bigint) RETURNS bigint LANGUAGE sql IMMUTABLE AS
$$ SELECT (i * (48271 + 2018 * die) % 2147483647) * ((i + die) * 16807 % 2147483647) % 2147483647 % sides $$;
CREATE FUNCTION pg_temp.one_of(options text[], number bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT options[1 + number % cardinality(options)] $$;
-- When it was: minutes since 2019, local time. Some fall into the hour that summer time leaves out or repeats.
CREATE FUNCTION pg_temp.moment(i bigint, die bigint) RETURNS timestamp LANGUAGE sql IMMUTABLE AS
$$ SELECT timestamp '2019-01-01' + pg_temp.throw(i, die, 3400000) * interval '1 minute' $$;

INSERT INTO auth_user
SELECT i, 'user' || i,
       CASE pg_temp.throw(i, 1, 8) WHEN 0 THEN '' WHEN 1 THEN ' User' || i || '@Example.ORG ' ELSE 'user' || i || '@example.org' END,
       CASE WHEN i % 17 = 0 THEN '' ELSE pg_temp.one_of('{Ana María,李,Сергей,Zoë,"Jack \"The Hat\"",Ólafur,Noura}', pg_temp.throw(i, 2, 1009)) END,
       CASE WHEN i % 17 = 0 THEN '' ELSE pg_temp.one_of('{Núñez,小龍,Иванов,O''Neil,Müller-Lüdenscheidt,Þórsdóttir}', pg_temp.throw(i, 3, 1013)) || ' ' || i END,
       'pbkdf2$' || md5('secret ' || i), i % 29 = 0, i % 13 > 0,
       pg_temp.moment(i, 4) AT TIME ZONE 'Europe/Berlin',
       CASE WHEN i % 3 > 0 THEN pg_temp.moment(i, 5) AT TIME ZONE 'Europe/Berlin' END
FROM generate_series(1, :users) AS i;

INSERT INTO dispatch_office
SELECT i, pg_temp.one_of('{Praxis am Zoo,Clínica del Río,Tandlæger Østerbro,東京矯正歯科}', i) || ' ' || i, CASE WHEN i % 5 = 0 THEN ' ' ELSE '+49 30 ' || 5550000 + i END,
       'Straße des 17. Juni ' || i, pg_temp.one_of('{Berlin,Madrid,København,東京}', i), pg_temp.one_of('{DE,ES,DK,JP}', i), pg_temp.one_of('{Europe/Berlin,Europe/Madrid,Europe/Copenhagen,Asia/Tokyo}', i)
FROM generate_series(1, :offices) AS i;

INSERT INTO dispatch_doctor
SELECT i, i, 1 + i % :offices, 'LIC-' || lpad(i::text, 6, '0'), pg_temp.one_of('{orthodontics,surgery,NULL}', i) FROM generate_series(1, :doctors) AS i;

INSERT INTO dispatch_doctor_office
SELECT d, 1 + (d + o) % :offices, date '2018-01-01' + d::int FROM generate_series(1, :doctors) AS d, generate_series(0, 1) AS o;

INSERT INTO dispatch_patient
SELECT i, 1 + pg_temp.throw(i, 6, :doctors),
       pg_temp.one_of('{Mia,José,Ýmir,王芳,"Anne-Sophie",Ødger}', pg_temp.throw(i, 7, 1019)), pg_temp.one_of('{Becker,García,"d''Arc",Ñañez,🦷}', pg_temp.throw(i, 8, 1021)) || ' ' || i,
       CASE WHEN i % 3 = 0 THEN 'Patient' || i || '@Example.com' WHEN i % 3 = 1 THEN '' END,
       CASE WHEN i % 50 > 0 THEN date '1940-01-01' + pg_temp.throw(i, 9, 30000)::int END,
       pg_temp.one_of('{w,m,W,x," ",NULL}', pg_temp.throw(i, 10, 1031)),
       CASE pg_temp.throw(i, 11, 5)
           WHEN 0 THEN NULL WHEN 1 THEN '' WHEN 2 THEN 'privat, siehe Akte ' || i
           ELSE format('{"carrier": %s, "number": "%s", "note": "line\n\"quoted\" \u00e9 – %s", "share": 0.%s0}', i % 40 + 1, md5('insurance ' || i), chr(8364), i % 10) END,
       CASE WHEN i % 4 = 0 THEN E'Allergie: Penicillin\nKeine weiteren 😷' WHEN i % 4 = 1 THEN '' END,
       pg_temp.moment(i, 12), pg_temp.moment(i, 12) + interval '3 days'
FROM generate_series(1, :patients) AS i;

INSERT INTO dispatch_plan
SELECT i, i, 1, pg_temp.one_of('{draft,approved,done}', i), CASE WHEN i % 6 = 0 THEN 'Stufe ' || i || ' – Ω' ELSE '' END, pg_temp.moment(i, 13)
FROM generate_series(1, :patients) AS i;

INSERT INTO dispatch_case
SELECT i, i, CASE WHEN i % 9 > 0 THEN i END, pg_temp.one_of('{open,closed,paused}', i), pg_temp.moment(i, 14), CASE WHEN i % 3 = 1 THEN pg_temp.moment(i, 14) + interval '200 days' END
FROM generate_series(1, :patients) AS i;

INSERT INTO dispatch_product
SELECT i, CASE WHEN i % 7 > 0 THEN 'SKU-' || i ELSE ' ' END, 'Aligner Typ ' || i, i * 1.25 FROM generate_series(1, 200) AS i;

-- Every 500th order has no quantity, every 997th a price with fractions of a cent.
INSERT INTO dispatch_order
SELECT i, 1 + pg_temp.throw(i, 15, :patients), 1 + i % 200, CASE WHEN i % 500 = 0 THEN 0 ELSE 1 + i % 7 END,
       CASE WHEN i % 997 = 0 THEN 19.999 ELSE (i % 9000 + 100)::numeric / 100 END, pg_temp.one_of('{new,paid,shipped,Ärger}', i),
       pg_temp.moment(i, 16), CASE WHEN i % 4 = 2 THEN pg_temp.moment(i, 16) + interval '2 days' END
FROM generate_series(1, :rows / 2) AS i;

INSERT INTO dispatch_payment
SELECT i, 1 + (i - 1) * 2, ((i * 2 - 1) % 9000 + 100)::numeric / 100, pg_temp.one_of('{EUR,eur,usd}', i), pg_temp.one_of('{card,sepa," "}', i), pg_temp.moment(i, 17)
FROM generate_series(1, :rows / 4) AS i;

-- Every 40th file was uploaded by somebody who is gone.
INSERT INTO dispatch_file
SELECT i, 1 + pg_temp.throw(i, 18, :patients), '/srv/files/' || md5('file ' || i) || '/Röntgen ' || i || '.stl', substr(sha256(('file ' || i)::bytea), 1, 20),
       pg_temp.throw(i, 19, 2000000000) * 7, pg_temp.one_of('{model/stl,image/jpeg,""}', i), CASE WHEN i % 40 = 0 THEN 900000 + i ELSE 1 + pg_temp.throw(i, 20, :users) END, pg_temp.moment(i, 21)
FROM generate_series(1, :rows / 2) AS i;

-- Every 400th comment was written by a user who is gone, every 1,000th by nobody at all.
INSERT INTO dispatch_comment
SELECT i, pg_temp.one_of(ARRAY['Bitte prüfen 🙏', E'line one\nline two\ttab', 'He said "no", she said ''yes''', 'C:\temp\x', '', '複診は来週', '{"not": "json"}'], pg_temp.throw(i, 22, 1033)) || ' ' || i,
       CASE WHEN i % 1000 = 0 THEN NULL WHEN i % 400 = 0 THEN 800000 + i ELSE 1 + pg_temp.throw(i, 23, :users) END,
       CASE pg_temp.throw(i, 24, 10) WHEN 0 THEN NULL WHEN 1 THEN 700000 + i ELSE 1 + pg_temp.throw(i, 25, :patients) END,
       pg_temp.moment(i, 26), CASE WHEN i % 5 = 0 THEN pg_temp.moment(i, 26) + interval '1 hour' END
FROM generate_series(1, :rows) AS i;

INSERT INTO dispatch_message
SELECT i, 1 + pg_temp.throw(i, 27, :users), 1 + pg_temp.throw(i, 28, :users), 'Nachricht № ' || i || E'\r\n— Grüße', pg_temp.moment(i, 29)
FROM generate_series(1, :rows / 4) AS i;

INSERT INTO dispatch_appointment
SELECT i, 1 + pg_temp.throw(i, 30, :patients), 1 + i % :offices, pg_temp.moment(i, 31), 15 + i % 4 * 15 FROM generate_series(1, :rows / 4) AS i;

-- ---- lists and logs ----

INSERT INTO countries (id, code, name) SELECT i, 'countries-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 60) AS i;
INSERT INTO states (id, code, name, country_id) SELECT i, 'states-' || i, 'Bezeichnung „' || i || '“', 1 + i % 60 FROM generate_series(1, 200) AS i;
INSERT INTO cities (id, code, name, state_id) SELECT i, 'cities-' || i, 'Bezeichnung „' || i || '“', 1 + i % 200 FROM generate_series(1, 1000) AS i;
INSERT INTO currencies (id, code, name) SELECT i, 'currencies-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO languages (id, code, name) SELECT i, 'languages-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO timezones (id, code, name) SELECT i, 'timezones-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO specialties (id, code, name) SELECT i, 'specialties-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO insurance_carriers (id, code, name) SELECT i, 'insurance_carriers-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO insurance_plans (id, code, name, carrier_id) SELECT i, 'insurance_plans-' || i, 'Bezeichnung „' || i || '“', 1 + i % 20 FROM generate_series(1, 20) AS i;
INSERT INTO procedure_codes (id, code, name) SELECT i, 'procedure_codes-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 800) AS i;
INSERT INTO diagnosis_codes (id, code, name) SELECT i, 'diagnosis_codes-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 1500) AS i;
INSERT INTO materials (id, code, name) SELECT i, 'materials-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO shade_colors (id, code, name) SELECT i, 'shade_colors-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO tooth_numbers (id, code, name) SELECT i, 'tooth_numbers-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 52) AS i;
INSERT INTO file_types (id, code, name) SELECT i, 'file_types-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO order_statuses (id, code, name) SELECT i, 'order_statuses-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO case_states (id, code, name) SELECT i, 'case_states-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO plan_states (id, code, name) SELECT i, 'plan_states-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO cancel_reasons (id, code, name) SELECT i, 'cancel_reasons-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO shipping_methods (id, code, name) SELECT i, 'shipping_methods-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO shipping_carriers (id, code, name) SELECT i, 'shipping_carriers-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO tax_rates (id, code, name, rate) SELECT i, 'tax_rates-' || i, 'Bezeichnung „' || i || '“', (i % 25)::numeric / 100 FROM generate_series(1, 20) AS i;
INSERT INTO holidays (id, code, name, day) SELECT i, 'holidays-' || i, 'Bezeichnung „' || i || '“', date '2025-01-01' + i::int FROM generate_series(1, 20) AS i;
INSERT INTO email_templates (id, code, name, body) SELECT i, 'email_templates-' || i, 'Bezeichnung „' || i || '“', 'Liebe/r {{name}},' || chr(10) || 'Nr. ' || i FROM generate_series(1, 20) AS i;
INSERT INTO sms_templates (id, code, name, body) SELECT i, 'sms_templates-' || i, 'Bezeichnung „' || i || '“', 'Liebe/r {{name}},' || chr(10) || 'Nr. ' || i FROM generate_series(1, 20) AS i;
INSERT INTO notification_types (id, code, name) SELECT i, 'notification_types-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO user_groups (id, code, name) SELECT i, 'user_groups-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO permissions (id, code, name) SELECT i, 'permissions-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO group_permissions (id, code, name, group_id, permission_id) SELECT i, 'group_permissions-' || i, 'Bezeichnung „' || i || '“', 1 + i % 20, 1 + i % 20 FROM generate_series(1, 20) AS i;
INSERT INTO feature_settings (id, code, name, value) SELECT i, 'feature_settings-' || i, 'Bezeichnung „' || i || '“', jsonb_build_object('on', i % 2 = 0, 'note', 'ä"' || i) FROM generate_series(1, 20) AS i;
INSERT INTO price_lists (id, code, name) SELECT i, 'price_lists-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO price_list_items (id, code, name, price_list_id, price) SELECT i, 'price_list_items-' || i, 'Bezeichnung „' || i || '“', 1 + i % 20, i * 1.5 FROM generate_series(1, 2000) AS i;
INSERT INTO labs (id, code, name) SELECT i, 'labs-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO lab_machines (id, code, name, lab_id) SELECT i, 'lab_machines-' || i, 'Bezeichnung „' || i || '“', 1 + i % 20 FROM generate_series(1, 20) AS i;
INSERT INTO lab_shifts (id, code, name, lab_id, hours) SELECT i, 'lab_shifts-' || i, 'Bezeichnung „' || i || '“', 1 + i % 20, tstzrange(timestamptz '2025-01-01 06:00+01' + i * interval '1 day', timestamptz '2025-01-01 14:00+01' + i * interval '1 day') FROM generate_series(1, 20) AS i;
INSERT INTO api_clients (id, code, name) SELECT i, 'api_clients-' || i, 'Bezeichnung „' || i || '“' FROM generate_series(1, 20) AS i;
INSERT INTO webhooks (id, code, name, headers) SELECT i, 'webhooks-' || i, 'Bezeichnung „' || i || '“', jsonb_build_object('X-Clinic', i::text) FROM generate_series(1, 20) AS i;

INSERT INTO audit_log
SELECT i, CASE WHEN i % 3 > 0 THEN 1 + pg_temp.throw(i, 32, :users) END, pg_temp.one_of('{login,update,delete}', i), jsonb_build_object('row', i, 'was', 'Ü' || i), pg_temp.moment(i, 33) AT TIME ZONE 'UTC'
FROM generate_series(1, :rows) AS i;
INSERT INTO login_history
SELECT i, 1 + pg_temp.throw(i, 34, :users), ('10.' || i % 256 || '.' || i / 256 % 256 || '.7')::inet, pg_temp.moment(i, 35) AT TIME ZONE 'UTC' FROM generate_series(1, :rows / 2) AS i;
INSERT INTO status_history
SELECT 1 + i % :patients, timestamptz '2020-01-01 00:00+00' + i * interval '97 seconds', pg_temp.one_of('{open,closed,paused}', i) FROM generate_series(1, :rows / 2) AS i;

-- Sequences stand where the application left them.
SELECT count(setval(pg_get_serial_sequence(format('%I', c.relname), 'id'), (xpath('/row/m/text()', query_to_xml(format('SELECT max(id) AS m FROM %I', c.relname), false, true, '')))[1]::text::bigint)) AS sequences
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'id' AND a.attidentity <> ''
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' \gset
ANALYZE;
