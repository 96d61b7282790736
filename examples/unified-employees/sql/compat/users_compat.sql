-- users, as old code knows it: the accounts among the employees.
CREATE OR REPLACE VIEW users_compat AS
SELECT e.user_id AS id, e.email, e.full_name AS name, r.name AS role, e.is_admin, e.employee_no, e.phone, e.country, e.password_hash,
       e.last_login, e.created_at, e.updated_at
FROM employees AS e
LEFT JOIN roles AS r ON r.id = e.role_id
WHERE e.user_id IS NOT NULL;

CREATE OR REPLACE FUNCTION users_compat_write() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    employee bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'accounts are not deleted: set employees.deleted_at';
    END IF;
    NEW.email := lower(trim(NEW.email));
    INSERT INTO roles (name) SELECT lower(trim(NEW.role)) WHERE trim(NEW.role) <> '' ON CONFLICT DO NOTHING;
    INSERT INTO countries (code) SELECT upper(trim(NEW.country)) WHERE trim(NEW.country) <> '' ON CONFLICT DO NOTHING;
    IF TG_OP = 'INSERT' THEN -- somebody of the directory gets an account
        INSERT INTO employees (email, full_name) VALUES (NEW.email, NEW.name) ON CONFLICT (email) DO NOTHING;
        SELECT e.id, coalesce(NEW.role, r.name), coalesce(NEW.country, e.country), coalesce(NEW.employee_no, e.employee_no), coalesce(NEW.phone, e.phone)
        INTO employee, NEW.role, NEW.country, NEW.employee_no, NEW.phone -- what the directory knew stays
        FROM employees AS e LEFT JOIN roles AS r ON r.id = e.role_id
        WHERE e.email = NEW.email AND e.user_id IS NULL;
        IF employee IS NULL THEN
            RAISE unique_violation USING MESSAGE = format('%s has an account already', NEW.email);
        END IF;
    ELSE
        SELECT id INTO employee FROM employees WHERE user_id = OLD.id FOR UPDATE;
    END IF;
    UPDATE employees
    SET user_id = NEW.id, email = NEW.email, full_name = NEW.name, role_id = (SELECT id FROM roles WHERE name = lower(trim(NEW.role))),
        is_admin = coalesce(NEW.is_admin, false), employee_no = NEW.employee_no, phone = nullif(trim(NEW.phone), ''),
        country = upper(nullif(trim(NEW.country), '')), password_hash = NEW.password_hash, last_login = NEW.last_login,
        created_at = coalesce(NEW.created_at, now()), updated_at = coalesce(NEW.updated_at, now())
    WHERE id = employee;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER users_compat_write INSTEAD OF INSERT OR UPDATE OR DELETE ON users_compat
    FOR EACH ROW EXECUTE FUNCTION users_compat_write();
