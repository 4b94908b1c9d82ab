-- Who bills: name, address, bank, and how its documents are numbered and rounded.
CREATE TABLE legal_entities (
    id                 uuid PRIMARY KEY,
    name               text NOT NULL,
    address            jsonb NOT NULL,
    tax_id             text NOT NULL DEFAULT '',
    registration       text NOT NULL DEFAULT '',
    email              text NOT NULL DEFAULT '',
    phone              text NOT NULL DEFAULT '',
    bank               jsonb NOT NULL,
    currency           char(3) NOT NULL,
    terms_days         int NOT NULL,
    terms_end_of_month boolean NOT NULL,
    number_format      text NOT NULL,
    number_reset       text NOT NULL,
    fiscal_month       int NOT NULL,
    time_zone          text NOT NULL,
    rounding           text NOT NULL,
    tax_method         text NOT NULL,
    prices_include_tax boolean NOT NULL,
    footer             text NOT NULL DEFAULT '',
    is_default         boolean NOT NULL,
    archived_at        timestamptz,
    version            int NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    CONSTRAINT legal_entities_terms_check CHECK (terms_days BETWEEN 0 AND 365),
    CONSTRAINT legal_entities_reset_check CHECK (number_reset IN ('never', 'yearly')),
    CONSTRAINT legal_entities_month_check CHECK (fiscal_month BETWEEN 1 AND 12),
    CONSTRAINT legal_entities_rounding_check CHECK (rounding IN ('half_up', 'half_even')),
    CONSTRAINT legal_entities_tax_method_check CHECK (tax_method IN ('per_line', 'per_rate'))
);
CREATE UNIQUE INDEX legal_entities_default_key ON legal_entities (is_default) WHERE is_default;

-- One counter an entity, series and fiscal year. Its row is locked by the
-- transaction that issues, so that numbers have no gaps. A sequence has gaps.
CREATE TABLE number_series (
    entity_id      uuid NOT NULL,
    series         text NOT NULL,
    period         text NOT NULL,
    last_number    int NOT NULL,
    last_issued_on date NOT NULL,
    CONSTRAINT number_series_pkey PRIMARY KEY (entity_id, series, period),
    CONSTRAINT number_series_entity_fkey FOREIGN KEY (entity_id) REFERENCES legal_entities (id)
);

-- A tax and its percentages by the day from which each holds.
CREATE TABLE tax_rates (
    id          uuid PRIMARY KEY,
    name        text NOT NULL,
    kind        text NOT NULL,
    legal_text  text NOT NULL DEFAULT '',
    steps       jsonb NOT NULL,
    is_default  boolean NOT NULL,
    archived_at timestamptz,
    version     int NOT NULL DEFAULT 1,
    created_at  timestamptz NOT NULL,
    updated_at  timestamptz NOT NULL,
    CONSTRAINT tax_rates_kind_check CHECK (kind IN ('standard', 'zero', 'exempt', 'reverse_charge'))
);
CREATE UNIQUE INDEX tax_rates_name_key ON tax_rates (lower(name)) WHERE archived_at IS NULL;

CREATE TABLE invoices (
    id                 uuid PRIMARY KEY,
    entity_id          uuid NOT NULL,
    client_id          uuid NOT NULL,
    client_name        text NOT NULL,
    state              text NOT NULL,
    number             text,
    period             text NOT NULL DEFAULT '',
    currency           char(3) NOT NULL,
    rounding           text NOT NULL,
    tax_method         text NOT NULL,
    prices_include_tax boolean NOT NULL,
    issue_on           date,
    due_on             date,
    supply_on          date,
    period_from        date,
    period_to          date,
    terms_days         int NOT NULL,
    terms_end_of_month boolean NOT NULL,
    reference          text NOT NULL DEFAULT '',
    note               text NOT NULL DEFAULT '',
    footer             text NOT NULL DEFAULT '',
    net_minor          bigint NOT NULL,
    tax_minor          bigint NOT NULL,
    total_minor        bigint NOT NULL,
    paid_minor         bigint NOT NULL DEFAULT 0,
    taxes              jsonb NOT NULL,
    -- all that the issued document shows, copied when it is issued
    document           jsonb,
    pdf_key            text NOT NULL DEFAULT '',
    pdf_sha256         text NOT NULL DEFAULT '',
    sent_at            timestamptz,
    issued_at          timestamptz,
    voided_at          timestamptz,
    void_reason        text NOT NULL DEFAULT '',
    void_time          text NOT NULL DEFAULT '',
    version            int NOT NULL DEFAULT 1,
    created_by         text NOT NULL,
    created_at         timestamptz NOT NULL,
    updated_at         timestamptz NOT NULL,
    CONSTRAINT invoices_entity_fkey FOREIGN KEY (entity_id) REFERENCES legal_entities (id),
    CONSTRAINT invoices_state_check CHECK (state IN ('draft', 'issued', 'void')),
    CONSTRAINT invoices_number_check CHECK ((state = 'draft') = (number IS NULL)),
    CONSTRAINT invoices_issued_check CHECK (state = 'draft' OR (issue_on IS NOT NULL AND due_on IS NOT NULL AND document IS NOT NULL)),
    CONSTRAINT invoices_paid_check CHECK (paid_minor >= 0 AND (paid_minor = 0 OR paid_minor <= total_minor))
);
CREATE UNIQUE INDEX invoices_number_key ON invoices (entity_id, number);
CREATE INDEX invoices_client_idx ON invoices (client_id, created_at DESC);
CREATE INDEX invoices_created_idx ON invoices (created_at DESC, id DESC);
CREATE INDEX invoices_open_idx ON invoices (due_on) WHERE state = 'issued' AND paid_minor < total_minor;

CREATE TABLE invoice_lines (
    id               uuid PRIMARY KEY,
    invoice_id       uuid NOT NULL,
    position         int NOT NULL,
    kind             text NOT NULL,
    project_id       uuid,
    description      text NOT NULL,
    quantity         numeric(18,4) NOT NULL,
    unit             text NOT NULL,
    unit_price       numeric(18,6) NOT NULL,
    discount_percent numeric(7,4) NOT NULL,
    tax_rate_ids     uuid[] NOT NULL,
    net_minor        bigint NOT NULL,
    tax_minor        bigint NOT NULL,
    gross_minor      bigint NOT NULL,
    taxes            jsonb NOT NULL,
    CONSTRAINT invoice_lines_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id) ON DELETE CASCADE,
    CONSTRAINT invoice_lines_kind_check CHECK (kind IN ('free', 'time'))
);
CREATE INDEX invoice_lines_invoice_idx ON invoice_lines (invoice_id, position);

-- What a line was made from. A source is billed once: the index sees to it.
CREATE TABLE line_sources (
    kind       text NOT NULL,
    source_id  uuid NOT NULL,
    line_id    uuid NOT NULL,
    invoice_id uuid NOT NULL,
    seconds    bigint NOT NULL,
    CONSTRAINT line_sources_pkey PRIMARY KEY (kind, source_id),
    CONSTRAINT line_sources_line_fkey FOREIGN KEY (line_id) REFERENCES invoice_lines (id) ON DELETE CASCADE
);
CREATE INDEX line_sources_invoice_idx ON line_sources (invoice_id);

CREATE TABLE invoice_sends (
    id         uuid PRIMARY KEY,
    invoice_id uuid NOT NULL,
    recipients jsonb NOT NULL,
    subject    text NOT NULL,
    message    text NOT NULL,
    queued_at  timestamptz NOT NULL,
    sent_at    timestamptz,
    CONSTRAINT invoice_sends_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id)
);
CREATE INDEX invoice_sends_invoice_idx ON invoice_sends (invoice_id, queued_at);

CREATE TABLE payments (
    id           uuid PRIMARY KEY,
    client_id    uuid NOT NULL,
    client_name  text NOT NULL,
    currency     char(3) NOT NULL,
    amount_minor bigint NOT NULL,
    received_on  date NOT NULL,
    method       text NOT NULL,
    reference    text NOT NULL DEFAULT '',
    note         text NOT NULL DEFAULT '',
    voided_at    timestamptz,
    void_reason  text NOT NULL DEFAULT '',
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL,
    CONSTRAINT payments_amount_check CHECK (amount_minor > 0),
    CONSTRAINT payments_method_check CHECK (method IN ('bank_transfer', 'card', 'cash', 'cheque', 'other'))
);
CREATE INDEX payments_received_idx ON payments (received_on DESC, id DESC);
CREATE INDEX payments_client_idx ON payments (client_id, received_on DESC, id DESC);

-- Money applied to an invoice. Undone rows stay.
CREATE TABLE allocations (
    id           uuid PRIMARY KEY,
    payment_id   uuid NOT NULL,
    invoice_id   uuid NOT NULL,
    amount_minor bigint NOT NULL,
    applied_on   date NOT NULL,
    undone_at    timestamptz,
    undo_reason  text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL,
    CONSTRAINT allocations_payment_fkey FOREIGN KEY (payment_id) REFERENCES payments (id),
    CONSTRAINT allocations_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id),
    CONSTRAINT allocations_amount_check CHECK (amount_minor > 0)
);
CREATE INDEX allocations_payment_idx ON allocations (payment_id);
CREATE INDEX allocations_invoice_idx ON allocations (invoice_id);
