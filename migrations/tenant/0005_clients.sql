-- Companies the agency works for, their people, and what was logged about them by hand.
CREATE TABLE clients (
    id                 uuid PRIMARY KEY,
    name               text NOT NULL,
    code               text NOT NULL,
    currency           char(3) NOT NULL,
    tax_id             text NOT NULL DEFAULT '',
    billing_email      text NOT NULL DEFAULT '',
    website            text NOT NULL DEFAULT '',
    payment_terms_days int,
    -- typed in Go (clients.Address); always read with the client
    addresses          jsonb NOT NULL DEFAULT '[]',
    tags               jsonb NOT NULL DEFAULT '[]',
    notes              text NOT NULL DEFAULT '',
    owner_id           uuid,
    created_at         timestamptz NOT NULL,
    created_by         uuid,
    updated_at         timestamptz NOT NULL,
    archived_at        timestamptz,
    version            int NOT NULL DEFAULT 1,
    CONSTRAINT clients_code_key UNIQUE (code),
    CONSTRAINT clients_terms_check CHECK (payment_terms_days BETWEEN 0 AND 365)
);
CREATE INDEX clients_name_idx ON clients (lower(name), id);
CREATE INDEX clients_created_idx ON clients (created_at, id);
CREATE INDEX clients_updated_idx ON clients (updated_at, id);

CREATE TABLE contacts (
    id           uuid PRIMARY KEY,
    client_id    uuid NOT NULL,
    name         text NOT NULL,
    email        text NOT NULL DEFAULT '',
    phone        text NOT NULL DEFAULT '',
    job_title    text NOT NULL DEFAULT '',
    is_primary   boolean NOT NULL DEFAULT false,
    is_billing   boolean NOT NULL DEFAULT false,
    portal_state text NOT NULL DEFAULT 'none',
    created_at   timestamptz NOT NULL,
    created_by   uuid,
    updated_at   timestamptz NOT NULL,
    archived_at  timestamptz,
    version      int NOT NULL DEFAULT 1,
    CONSTRAINT contacts_client_fkey FOREIGN KEY (client_id) REFERENCES clients (id),
    CONSTRAINT contacts_portal_check CHECK (portal_state IN ('none', 'invited', 'active', 'ended'))
);
CREATE INDEX contacts_client_idx ON contacts (client_id, lower(name), id);
CREATE UNIQUE INDEX contacts_email_key ON contacts (client_id, email) WHERE email <> '' AND archived_at IS NULL;
CREATE UNIQUE INDEX contacts_primary_key ON contacts (client_id) WHERE is_primary AND archived_at IS NULL;
CREATE INDEX contacts_name_idx ON contacts (lower(name), id);

CREATE TABLE interactions (
    id          uuid PRIMARY KEY,
    client_id   uuid NOT NULL,
    contact_id  uuid,
    kind        text NOT NULL,
    subject     text NOT NULL,
    body        text NOT NULL DEFAULT '',
    minutes     int,
    happened_at timestamptz NOT NULL,
    created_at  timestamptz NOT NULL,
    created_by  uuid,
    author_name text NOT NULL,
    updated_at  timestamptz NOT NULL,
    version     int NOT NULL DEFAULT 1,
    CONSTRAINT interactions_client_fkey FOREIGN KEY (client_id) REFERENCES clients (id),
    CONSTRAINT interactions_contact_fkey FOREIGN KEY (contact_id) REFERENCES contacts (id),
    CONSTRAINT interactions_kind_check CHECK (kind IN ('note', 'call', 'meeting')),
    CONSTRAINT interactions_minutes_check CHECK (minutes BETWEEN 1 AND 1440)
);
CREATE INDEX interactions_client_idx ON interactions (client_id, happened_at DESC, id DESC);
