-- The way back altogether, before anybody has written to the new tables: they are dropped, and `rehome run` can begin anew.
--
--     psql "$SOURCE_URL" -v ON_ERROR_STOP=1 -f sql/back.sql
--
-- What was written to the new tables is not in the old ones and would be lost: it refuses while a flag is on. A view or a foreign key of
-- yours that needs one of the tables stops it too.

BEGIN;
SET LOCAL lock_timeout = '5s';

DO $$
DECLARE
    scorecard text;
BEGIN
    IF rehome.flag('USE_UNIFIED_EMPLOYEES') OR rehome.flag('USE_UNIFIED_AUDITS') THEN
        RAISE EXCEPTION 'the application has gone over: turn the flags off first';
    END IF;
    FOR scorecard IN SELECT table_name FROM scorecards LOOP
        EXECUTE format('DROP VIEW IF EXISTS %I', scorecard || '_compat');
    END LOOP;
END
$$;

DROP VIEW users_compat, people_compat, notifications_compat, assignments_compat, org_chart;
DROP FUNCTION users_compat(), people_compat_write(), audit_compat_write(), notifications_compat(), assignments_compat();
DROP MATERIALIZED VIEW audit_statistics, auditor_performance;
DROP TABLE audits, audit_assignments, notifications, reporting_lines, employees, roles, departments, teams, channels, countries;
DELETE FROM rehome.migration WHERE name = 'unified-employees';
COMMIT;
