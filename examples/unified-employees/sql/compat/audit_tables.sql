-- For every scorecard a view with the columns of its old table: email_audit_compat and so on. Old code reads and writes them; what it
-- writes goes into audits. Run this file again by psql after a scorecard was added.
CREATE OR REPLACE FUNCTION audit_compat_write() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    scorecard integer := TG_ARGV[0];
    scores jsonb := jsonb_strip_nulls(to_jsonb(NEW) - '{id,employee_email,auditor_email,audit_date,total_score,comments}'::text[]);
    employee bigint := (SELECT id FROM employees WHERE email = lower(trim(NEW.employee_email)));
    auditor bigint := (SELECT id FROM employees WHERE email = lower(trim(NEW.auditor_email)));
BEGIN
    IF employee IS NULL OR auditor IS NULL THEN
        RAISE foreign_key_violation USING MESSAGE = format('%s is no employee', CASE WHEN employee IS NULL THEN NEW.employee_email ELSE NEW.auditor_email END);
    END IF;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO audits (scorecard_id, legacy_id, employee_id, auditor_id, channel_id, audited_at, total_score, comments, parameter_scores)
        SELECT scorecard, NEW.id, employee, auditor, c.id, NEW.audit_date AT TIME ZONE 'UTC', NEW.total_score, nullif(NEW.comments, ''), scores
        FROM scorecards AS s LEFT JOIN channels AS c ON c.name = lower(trim(s.channel))
        WHERE s.id = scorecard;
    ELSE
        UPDATE audits
        SET legacy_id = NEW.id, employee_id = employee, auditor_id = auditor, audited_at = NEW.audit_date AT TIME ZONE 'UTC',
            total_score = NEW.total_score, comments = nullif(NEW.comments, ''), parameter_scores = scores
        WHERE scorecard_id = scorecard AND legacy_id = OLD.id;
    END IF;
    RETURN NEW;
END
$$;

DO $$
DECLARE
    s scorecards;
BEGIN
    FOR s IN SELECT * FROM scorecards WHERE to_regclass(quote_ident(table_name)) IS NOT NULL LOOP
        EXECUTE format($view$
            CREATE OR REPLACE VIEW %1$I AS
            SELECT a.legacy_id AS id, e.email AS employee_email, r.email AS auditor_email, a.audited_at AT TIME ZONE 'UTC' AS audit_date,
                   a.total_score, a.comments, %2$s
            FROM audits AS a
            JOIN employees AS e ON e.id = a.employee_id
            JOIN employees AS r ON r.id = a.auditor_id
            CROSS JOIN LATERAL jsonb_populate_record(NULL::%3$I, a.parameter_scores) AS f
            WHERE a.scorecard_id = %4$s AND a.legacy_id IS NOT NULL$view$,
            s.table_name || '_compat',
            (SELECT string_agg(format('f.%I', field_id), ', ' ORDER BY field_id COLLATE "C") FROM scorecard_fields WHERE scorecard_id = s.id),
            s.table_name, s.id);
        EXECUTE format('CREATE OR REPLACE TRIGGER audit_compat_write INSTEAD OF INSERT OR UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION audit_compat_write(%s)',
                       s.table_name || '_compat', s.id);
    END LOOP;
END
$$;
