-- A quality assurance application as it grew: accounts in one table and the directory in another, with nothing between them but
-- e-mail addresses that people typed, and a table of its own for every scorecard that somebody makes.

CREATE TABLE users (                     -- who may log in
    id            integer PRIMARY KEY,
    email         text NOT NULL,
    name          text NOT NULL,
    role          text,
    is_admin      boolean NOT NULL DEFAULT false,
    employee_no   text,
    phone         text,
    country       text,
    password_hash text NOT NULL,
    last_login    timestamptz,
    created_at    timestamptz NOT NULL,
    updated_at    timestamptz NOT NULL
);

CREATE TABLE people (                    -- the directory
    id            integer PRIMARY KEY,
    email         text,
    full_name     text NOT NULL,
    role          text,
    department    text,
    team          text,
    channel       text,
    country       text,
    employee_no   text,
    phone         text,
    manager_email text,
    active        boolean NOT NULL DEFAULT true,
    hired_on      date,
    updated_at    timestamptz NOT NULL
);

CREATE TABLE scorecards (
    id         integer PRIMARY KEY,
    name       text NOT NULL,
    table_name text NOT NULL UNIQUE,     -- the scorecard's own table of audits
    channel    text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE scorecard_fields (          -- each is a column of that table
    scorecard_id integer NOT NULL REFERENCES scorecards,
    field_id     text NOT NULL,
    label        text NOT NULL,
    max_score    integer NOT NULL,
    PRIMARY KEY (scorecard_id, field_id)
);

CREATE TABLE "auditAssignments" (
    id              integer PRIMARY KEY,
    "scorecardTable" text NOT NULL,
    "auditorEmail"  text NOT NULL,
    "employeeEmail" text,
    "dueDate"       timestamp NOT NULL,
    status          text
);

CREATE TABLE "Notifications" (
    id          integer PRIMARY KEY,
    "userEmail" text NOT NULL,
    message     text NOT NULL,
    "isRead"    boolean,
    "createdAt" timestamp NOT NULL
);
