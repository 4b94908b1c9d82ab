-- What a client is billed again and again.
CREATE TABLE recurring_invoices (
    id            uuid PRIMARY KEY,
    client_id     uuid NOT NULL,
    project_id    uuid,
    entity_id     uuid,
    name          text NOT NULL,
    currency      char(3) NOT NULL,
    every         text NOT NULL,
    every_count   int NOT NULL,
    day_of_month  int NOT NULL, -- 0: as the first day says
    starts_on     date NOT NULL,
    ends_on       date,
    times         int NOT NULL, -- 0: without end
    bill_at       text NOT NULL,
    prorate       boolean NOT NULL,
    lines         jsonb NOT NULL, -- typed in Go (recurring.Line)
    net_minor     bigint NOT NULL, -- of a whole period, when the lines were saved
    with_time     boolean NOT NULL,
    expenses      boolean NOT NULL,
    group_by      text NOT NULL,
    how           text NOT NULL,
    terms_days    int,
    end_of_month  boolean NOT NULL,
    reference     text NOT NULL,
    note          text NOT NULL,
    state         text NOT NULL,
    -- the first period that nobody looked at yet, the day on which one is billed next, and when the job for it comes
    next_number   int NOT NULL,
    next_on       date,
    turns_at      timestamptz,
    created_at    timestamptz NOT NULL,
    created_by    uuid,
    updated_at    timestamptz NOT NULL,
    version       int NOT NULL DEFAULT 1,
    CONSTRAINT recurring_invoices_client_fkey FOREIGN KEY (client_id) REFERENCES clients (id),
    CONSTRAINT recurring_invoices_project_fkey FOREIGN KEY (project_id) REFERENCES projects (id),
    CONSTRAINT recurring_invoices_entity_fkey FOREIGN KEY (entity_id) REFERENCES legal_entities (id),
    CONSTRAINT recurring_invoices_every_check CHECK (every IN ('week', 'month', 'quarter', 'year') AND every_count BETWEEN 1 AND 52),
    CONSTRAINT recurring_invoices_day_check CHECK (day_of_month BETWEEN 0 AND 31),
    CONSTRAINT recurring_invoices_dates_check CHECK (ends_on >= starts_on AND times >= 0),
    CONSTRAINT recurring_invoices_at_check CHECK (bill_at IN ('start', 'end')),
    CONSTRAINT recurring_invoices_how_check CHECK (how IN ('draft', 'issue', 'send')),
    CONSTRAINT recurring_invoices_state_check CHECK (state IN ('active', 'paused', 'ended'))
);
CREATE INDEX recurring_invoices_next_idx ON recurring_invoices (coalesce(next_on, '2999-12-31'::date), id);
CREATE INDEX recurring_invoices_client_idx ON recurring_invoices (client_id);

-- A period that was looked at: once, however often the job runs. Its row comes in the transaction that makes its invoice.
CREATE TABLE recurring_periods (
    recurring_id uuid NOT NULL,
    number       int NOT NULL,
    from_on      date NOT NULL,
    to_on        date NOT NULL,
    whole_from   date NOT NULL,
    whole_to     date NOT NULL,
    issue_on     date NOT NULL, -- as planned
    state        text NOT NULL,
    invoice_id   uuid,
    code         text NOT NULL,
    why          text NOT NULL,
    decided_at   timestamptz NOT NULL,
    decided_by   uuid,
    CONSTRAINT recurring_periods_pkey PRIMARY KEY (recurring_id, number),
    CONSTRAINT recurring_periods_recurring_fkey FOREIGN KEY (recurring_id) REFERENCES recurring_invoices (id) ON DELETE CASCADE,
    CONSTRAINT recurring_periods_state_check CHECK (state IN ('billed', 'nothing', 'refused', 'missed', 'skipped') AND (state = 'billed') = (invoice_id IS NOT NULL))
);
CREATE UNIQUE INDEX recurring_periods_invoice_key ON recurring_periods (invoice_id) WHERE invoice_id IS NOT NULL;
CREATE INDEX recurring_periods_open_idx ON recurring_periods (recurring_id) WHERE state IN ('missed', 'refused');
