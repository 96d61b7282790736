-- The new application's tables for the business. Rows have uuids; legacy_id is the key that the row had in the old database.

CREATE TYPE profile_role AS ENUM ('staff', 'doctor', 'patient', 'user');

CREATE TABLE profiles (
    id                uuid PRIMARY KEY,
    role              profile_role NOT NULL,
    email             text,
    full_name         text NOT NULL,
    legacy_user_id    integer UNIQUE,          -- auth_user.id
    legacy_patient_id integer UNIQUE,          -- dispatch_patient.id: much code depends on it, it stays
    is_active         boolean NOT NULL,
    created_at        timestamptz NOT NULL,
    last_seen_at      timestamptz,
    CHECK (num_nonnulls(legacy_user_id, legacy_patient_id) = 1)
);
CREATE INDEX profiles_email ON profiles (lower(email));

CREATE TABLE offices (
    id        uuid PRIMARY KEY,
    legacy_id integer NOT NULL UNIQUE,
    name      text NOT NULL,
    phone     text,
    address   jsonb NOT NULL,
    timezone  text NOT NULL
);

CREATE TABLE doctors (
    id             uuid PRIMARY KEY,
    legacy_id      integer NOT NULL UNIQUE,
    profile_id     uuid NOT NULL UNIQUE REFERENCES profiles,
    office_id      uuid NOT NULL REFERENCES offices,
    license_number text,
    specialty      text
);

CREATE TABLE doctor_offices (
    doctor_id uuid NOT NULL REFERENCES doctors,
    office_id uuid NOT NULL REFERENCES offices,
    since     date NOT NULL,
    PRIMARY KEY (doctor_id, office_id)
);

CREATE TABLE patients (
    id              uuid PRIMARY KEY,
    legacy_id       integer NOT NULL UNIQUE,
    profile_id      uuid NOT NULL UNIQUE REFERENCES profiles,
    doctor_id       uuid NOT NULL REFERENCES doctors,
    birth_date      date,
    sex             text CHECK (sex IN ('f', 'm', 'x')),
    insurance       jsonb,                     -- was dispatch_patient.insurance_info, a text
    medical_history text,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL
);
CREATE INDEX patients_doctor ON patients (doctor_id);

CREATE TABLE plans (
    id         uuid PRIMARY KEY,
    legacy_id  integer NOT NULL UNIQUE,
    patient_id uuid NOT NULL REFERENCES patients,
    version    integer NOT NULL,
    status     text NOT NULL,
    notes      text,
    created_at timestamptz NOT NULL,
    UNIQUE (patient_id, version)
);

CREATE TABLE cases (
    id         uuid PRIMARY KEY,
    legacy_id  integer NOT NULL UNIQUE,
    patient_id uuid NOT NULL REFERENCES patients,
    plan_id    uuid REFERENCES plans,
    state      text NOT NULL,
    opened_at  timestamptz NOT NULL,
    closed_at  timestamptz
);
CREATE INDEX cases_patient ON cases (patient_id);

CREATE TABLE template_products (
    id        uuid PRIMARY KEY,
    legacy_id integer NOT NULL UNIQUE,
    sku       text,
    name      text NOT NULL,
    price     numeric NOT NULL
);

CREATE TABLE orders (
    id         uuid PRIMARY KEY,
    legacy_id  integer NOT NULL UNIQUE,
    case_id    uuid NOT NULL REFERENCES cases,
    product_id uuid NOT NULL REFERENCES template_products,
    quantity   integer NOT NULL CHECK (quantity > 0),
    price      numeric(12, 2) NOT NULL,
    status     text NOT NULL,
    ordered_at timestamptz NOT NULL,
    shipped_at timestamptz
);
CREATE INDEX orders_case ON orders (case_id);

CREATE TABLE payments (
    id        uuid PRIMARY KEY,
    legacy_id integer NOT NULL UNIQUE,
    order_id  uuid NOT NULL REFERENCES orders,
    amount    numeric(12, 2) NOT NULL,
    currency  text NOT NULL,
    method    text,
    paid_at   timestamptz NOT NULL
);
CREATE INDEX payments_order ON payments (order_id);

CREATE TABLE files (
    id          uuid PRIMARY KEY,
    legacy_id   integer NOT NULL UNIQUE,
    case_id     uuid NOT NULL REFERENCES cases,
    uploaded_by uuid REFERENCES profiles,
    path        text NOT NULL,
    sha1        bytea NOT NULL CHECK (octet_length(sha1) = 20),
    bytes       bigint NOT NULL,
    mime        text NOT NULL,
    uploaded_at timestamptz NOT NULL
);
CREATE INDEX files_case ON files (case_id);

CREATE TABLE comments (
    id                uuid PRIMARY KEY,
    content           text NOT NULL,
    author_id         uuid NOT NULL REFERENCES profiles,
    parent_comment_id uuid REFERENCES comments,         -- ready for threads; the old comments have none
    metadata          jsonb NOT NULL DEFAULT '{}',
    legacy_id         integer NOT NULL,
    legacy_table      text NOT NULL,
    created_at        timestamptz NOT NULL,
    updated_at        timestamptz NOT NULL,
    UNIQUE (legacy_table, legacy_id)
);
CREATE INDEX comments_author ON comments (author_id);
CREATE INDEX comments_metadata ON comments USING gin (metadata jsonb_path_ops);

CREATE TABLE messages (
    id           uuid PRIMARY KEY,
    legacy_id    bigint NOT NULL UNIQUE,
    sender_id    uuid NOT NULL REFERENCES profiles,
    recipient_id uuid NOT NULL REFERENCES profiles,
    body         text NOT NULL,
    sent_at      timestamptz NOT NULL
);
CREATE INDEX messages_recipient ON messages (recipient_id, sent_at);

CREATE TABLE appointments (
    id         uuid PRIMARY KEY,
    legacy_id  integer NOT NULL UNIQUE,
    patient_id uuid NOT NULL REFERENCES patients,
    office_id  uuid NOT NULL REFERENCES offices,
    during     tstzrange NOT NULL
);
CREATE INDEX appointments_patient ON appointments (patient_id);
