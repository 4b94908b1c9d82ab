-- When clients are reminded of what is open: the agency's ladder, and those of clients that have their own.
CREATE TABLE reminder_policies (
    id         uuid PRIMARY KEY,
    client_id  uuid,
    enabled    boolean NOT NULL,
    enabled_on date, -- steps of earlier days are never sent
    steps      jsonb NOT NULL,
    runs_at    timestamptz, -- of the agency's: the round that waits
    version    int NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX reminder_policies_client_key ON reminder_policies (client_id) NULLS NOT DISTINCT;

ALTER TABLE invoices
    ADD COLUMN reminders_paused_at    timestamptz,
    ADD COLUMN reminders_pause_reason text NOT NULL DEFAULT '';
ALTER TABLE invoice_sends ADD COLUMN reminder boolean NOT NULL DEFAULT false;

-- Each step is taken once an invoice: the key sees to it.
CREATE TABLE reminders (
    invoice_id uuid NOT NULL,
    days       int NOT NULL, -- after the due date; before it less than zero
    outcome    text NOT NULL,
    sending_id uuid,
    created_at timestamptz NOT NULL,
    CONSTRAINT reminders_pkey PRIMARY KEY (invoice_id, days),
    CONSTRAINT reminders_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id),
    CONSTRAINT reminders_outcome_check CHECK (outcome IN ('sent', 'no_address', 'settled'))
);
