-- people, as old code knows it: words where employees has references. Writing a word that is new makes a row of the reference table;
-- deleting somebody marks the employee as gone.
CREATE OR REPLACE VIEW people_compat AS
SELECT e.person_id AS id, e.email, e.full_name, r.name AS role, d.name AS department, t.name AS team, c.name AS channel, e.country,
       e.employee_no, e.phone, m.email AS manager_email, e.deleted_at IS NULL AS active, e.hired_on, e.updated_at
FROM employees AS e
LEFT JOIN roles AS r ON r.id = e.role_id
LEFT JOIN departments AS d ON d.id = e.department_id
LEFT JOIN teams AS t ON t.id = e.team_id
LEFT JOIN channels AS c ON c.id = e.channel_id
LEFT JOIN reporting_lines AS l ON l.employee_id = e.id
LEFT JOIN employees AS m ON m.id = l.manager_id
WHERE e.person_id IS NOT NULL;

CREATE OR REPLACE FUNCTION people_compat_write() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    employee bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        UPDATE employees SET deleted_at = now() WHERE person_id = OLD.id AND deleted_at IS NULL;
        RETURN OLD;
    END IF;
    NEW.email := lower(trim(NEW.email));
    INSERT INTO roles (name) SELECT lower(trim(NEW.role)) WHERE trim(NEW.role) <> '' ON CONFLICT DO NOTHING;
    INSERT INTO departments (name) SELECT lower(trim(NEW.department)) WHERE trim(NEW.department) <> '' ON CONFLICT DO NOTHING;
    INSERT INTO teams (name) SELECT lower(trim(NEW.team)) WHERE trim(NEW.team) <> '' ON CONFLICT DO NOTHING;
    INSERT INTO channels (name) SELECT lower(trim(NEW.channel)) WHERE trim(NEW.channel) <> '' ON CONFLICT DO NOTHING;
    INSERT INTO countries (code) SELECT upper(trim(NEW.country)) WHERE trim(NEW.country) <> '' ON CONFLICT DO NOTHING;
    IF TG_OP = 'INSERT' THEN -- somebody with an account becomes a person too
        INSERT INTO employees (email, person_id, full_name) VALUES (NEW.email, NEW.id, NEW.full_name)
            ON CONFLICT (email) DO UPDATE SET person_id = excluded.person_id WHERE employees.person_id IS NULL
            RETURNING id INTO employee;
        IF employee IS NULL THEN
            RAISE unique_violation USING MESSAGE = format('%s is in the directory already', NEW.email);
        END IF;
        SELECT coalesce(NEW.role, r.name), coalesce(NEW.country, e.country), coalesce(NEW.employee_no, e.employee_no), coalesce(NEW.phone, e.phone)
        INTO NEW.role, NEW.country, NEW.employee_no, NEW.phone -- what the account knew stays
        FROM employees AS e LEFT JOIN roles AS r ON r.id = e.role_id
        WHERE e.id = employee;
    ELSE
        SELECT id INTO employee FROM employees WHERE person_id = OLD.id FOR UPDATE;
    END IF;
    UPDATE employees
    SET person_id = NEW.id, email = NEW.email, full_name = NEW.full_name,
        role_id = (SELECT id FROM roles WHERE name = lower(trim(NEW.role))),
        department_id = (SELECT id FROM departments WHERE name = lower(trim(NEW.department))),
        team_id = (SELECT id FROM teams WHERE name = lower(trim(NEW.team))),
        channel_id = (SELECT id FROM channels WHERE name = lower(trim(NEW.channel))),
        country = upper(nullif(trim(NEW.country), '')), employee_no = NEW.employee_no, phone = nullif(trim(NEW.phone), ''), hired_on = NEW.hired_on,
        updated_at = coalesce(NEW.updated_at, now()),
        deleted_at = CASE WHEN NEW.active IS FALSE THEN coalesce(deleted_at, now()) END
    WHERE id = employee;
    IF TG_OP = 'INSERT' OR NEW.manager_email IS DISTINCT FROM OLD.manager_email THEN
        DELETE FROM reporting_lines WHERE employee_id = employee;
        INSERT INTO reporting_lines SELECT employee, id FROM employees WHERE email = lower(trim(NEW.manager_email));
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER people_compat_write INSTEAD OF INSERT OR UPDATE OR DELETE ON people_compat
    FOR EACH ROW EXECUTE FUNCTION people_compat_write();
