-- Mails with a client's statement of account. It is made anew when its mail goes out.
CREATE TABLE statement_sends (
    id         uuid PRIMARY KEY,
    client_id  uuid NOT NULL,
    from_on    date NOT NULL,
    to_on      date NOT NULL,
    recipients jsonb NOT NULL,
    subject    text NOT NULL,
    message    text NOT NULL,
    created_by text NOT NULL,
    queued_at  timestamptz NOT NULL,
    sent_at    timestamptz,
    CONSTRAINT statement_sends_days_check CHECK (from_on <= to_on)
);
CREATE INDEX statement_sends_client_idx ON statement_sends (client_id, queued_at DESC);
