CREATE SCHEMA hr;

CREATE TABLE hr.person_pii (
  person_id  uuid PRIMARY KEY,
  first_name text NOT NULL,
  last_name  text NOT NULL,
  birth_date date NOT NULL,
  gender     text NOT NULL
);

CREATE TABLE hr.person_fact (
  person_id    uuid PRIMARY KEY REFERENCES hr.person_pii,
  hire_date    date NOT NULL,
  age_at_hire  int NOT NULL,
  salary_steps int NOT NULL,
  top_salary   bigint,
  titles_held  text[],
  is_current   boolean NOT NULL
);

CREATE TABLE hr.employment_event (
  event_id  uuid PRIMARY KEY,
  person_id uuid NOT NULL REFERENCES hr.person_pii,
  kind      text NOT NULL,
  valid     daterange NOT NULL,
  details   jsonb NOT NULL
);
CREATE INDEX ON hr.employment_event (person_id, kind);
CREATE INDEX ON hr.employment_event USING gist (valid);

CREATE TABLE hr.department_v2 (
  dept_id            uuid PRIMARY KEY,
  dept_no            text NOT NULL UNIQUE,
  dept_name          text NOT NULL UNIQUE,
  current_manager_id uuid REFERENCES hr.person_pii,
  manager_history    jsonb,
  headcount          bigint NOT NULL
);
