-- An account that somebody asked for. Until the code from the mail is entered, nothing that the browser gets tells
-- whether the address had an account before.
CREATE TABLE registrations (
    id          uuid PRIMARY KEY,
    secret_hash bytea NOT NULL,
    -- Kratos' flow that was submitted; it shows nothing any more
    flow_id     uuid NOT NULL,
    email       text NOT NULL,
    -- what Kratos gave for the browser, sealed with the browser's secret; NULL once it was handed over
    held        bytea,
    tries       integer NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);
CREATE INDEX registrations_flow_idx ON registrations (flow_id);
CREATE INDEX registrations_expires_idx ON registrations (expires_at);
