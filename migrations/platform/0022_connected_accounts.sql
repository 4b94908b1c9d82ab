-- Whose an account at the payment provider is. A notice of an account belongs to this agency, whatever else it says.
CREATE TABLE connected_accounts (
    account_id   text PRIMARY KEY,
    provider     text NOT NULL,
    agency_id    uuid NOT NULL,
    connected_at timestamptz NOT NULL,
    gone_at      timestamptz,
    CONSTRAINT connected_accounts_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX connected_accounts_agency_key ON connected_accounts (agency_id) WHERE gone_at IS NULL;

-- Notices about connected accounts, each kept once. What they say is not kept: it is about the agencies' clients.
CREATE TABLE payment_events (
    id           text PRIMARY KEY,
    account_id   text NOT NULL,
    agency_id    uuid,
    type         text NOT NULL,
    object_type  text NOT NULL,
    object_id    text NOT NULL,
    happened_at  timestamptz NOT NULL,
    received_at  timestamptz NOT NULL,
    source       text NOT NULL,
    state        text NOT NULL,
    reason       text NOT NULL DEFAULT '',
    processed_at timestamptz,
    CONSTRAINT payment_events_state_check CHECK (state IN ('received', 'done', 'ignored', 'unknown', 'quarantined')),
    CONSTRAINT payment_events_source_check CHECK (source IN ('webhook', 'catch_up'))
);
CREATE INDEX payment_events_open_idx ON payment_events (received_at) WHERE state IN ('received', 'unknown', 'quarantined');
CREATE INDEX payment_events_account_idx ON payment_events (account_id, happened_at DESC, id DESC);
