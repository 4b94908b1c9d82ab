-- What the agency decided about payments on line. One row.
CREATE TABLE payment_settings (
    id         uuid PRIMARY KEY,
    offered    boolean NOT NULL DEFAULT true,
    parts      boolean NOT NULL DEFAULT false, -- clients may pay a part of an invoice
    version    int NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX payment_settings_one ON payment_settings ((true));

-- The agency's account at the provider, as it was when we looked last. One that took our access back stays for its payments.
CREATE TABLE payment_accounts (
    id              text PRIMARY KEY, -- the provider's
    provider        text NOT NULL,
    country         text NOT NULL DEFAULT '',
    submitted       boolean NOT NULL DEFAULT false,
    charges         boolean NOT NULL DEFAULT false,
    payouts         boolean NOT NULL DEFAULT false,
    due             jsonb NOT NULL DEFAULT '[]',
    overdue         boolean NOT NULL DEFAULT false,
    disabled        text NOT NULL DEFAULT '',
    connected_at    timestamptz NOT NULL,
    checked_at      timestamptz NOT NULL,
    disconnected_at timestamptz, -- by the agency, on screen
    gone_at         timestamptz, -- at the provider
    compared_at     timestamptz,
    compared_count  int NOT NULL DEFAULT 0,
    version         int NOT NULL DEFAULT 1
);
CREATE UNIQUE INDEX payment_accounts_live ON payment_accounts ((true)) WHERE gone_at IS NULL;

-- A client's attempt to pay an invoice. Its id is the key of the provider's call, and travels with the payment.
CREATE TABLE online_payments (
    id             uuid PRIMARY KEY,
    account_id     text NOT NULL,
    invoice_id     uuid NOT NULL,
    invoice_number text NOT NULL,
    client_id      uuid NOT NULL,
    client_name    text NOT NULL,
    currency       char(3) NOT NULL,
    amount_minor   bigint NOT NULL,
    state          text NOT NULL,
    session_id     text,
    session_url    text NOT NULL DEFAULT '',
    expires_at     timestamptz,
    intent_id      text,
    method         text NOT NULL DEFAULT '',
    method_text    text NOT NULL DEFAULT '',
    fee_minor      bigint,
    fee_currency   char(3),
    failure        text NOT NULL DEFAULT '',
    held           text NOT NULL DEFAULT '', -- why it is put aside
    payment_id     uuid,
    payer_id       text NOT NULL DEFAULT '',
    payer_name     text NOT NULL DEFAULT '',
    created_at     timestamptz NOT NULL,
    paid_at        timestamptz,
    version        int NOT NULL DEFAULT 1,
    CONSTRAINT online_payments_account_fkey FOREIGN KEY (account_id) REFERENCES payment_accounts (id),
    CONSTRAINT online_payments_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id),
    CONSTRAINT online_payments_payment_fkey FOREIGN KEY (payment_id) REFERENCES payments (id),
    CONSTRAINT online_payments_amount_check CHECK (amount_minor > 0),
    CONSTRAINT online_payments_state_check CHECK (state IN ('opening', 'open', 'processing', 'paid', 'failed', 'expired', 'held')),
    CONSTRAINT online_payments_paid_check CHECK ((state = 'paid') = (payment_id IS NOT NULL))
);
CREATE UNIQUE INDEX online_payments_session_key ON online_payments (session_id);
CREATE UNIQUE INDEX online_payments_intent_key ON online_payments (intent_id);
CREATE UNIQUE INDEX online_payments_payment_key ON online_payments (payment_id);
-- One page is open for an invoice and an amount.
CREATE UNIQUE INDEX online_payments_open_key ON online_payments (invoice_id, amount_minor) WHERE state IN ('opening', 'open');
CREATE INDEX online_payments_invoice_idx ON online_payments (invoice_id, created_at DESC);
CREATE INDEX online_payments_waiting_idx ON online_payments (created_at) WHERE state IN ('opening', 'open', 'processing');
CREATE INDEX online_payments_created_idx ON online_payments (created_at);

-- What goes back to a payer through the provider. Its id is the key of the provider's call.
CREATE TABLE online_refunds (
    id           uuid PRIMARY KEY,
    attempt_id   uuid NOT NULL,
    amount_minor bigint NOT NULL,
    reason       text NOT NULL,
    state        text NOT NULL,
    provider_id  text,
    refund_id    uuid, -- in the books
    failure      text NOT NULL DEFAULT '',
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL,
    CONSTRAINT online_refunds_attempt_fkey FOREIGN KEY (attempt_id) REFERENCES online_payments (id),
    CONSTRAINT online_refunds_refund_fkey FOREIGN KEY (refund_id) REFERENCES refunds (id),
    CONSTRAINT online_refunds_amount_check CHECK (amount_minor > 0),
    CONSTRAINT online_refunds_state_check CHECK (state IN ('asked', 'pending', 'succeeded', 'failed'))
);
CREATE UNIQUE INDEX online_refunds_provider_key ON online_refunds (provider_id);
CREATE INDEX online_refunds_attempt_idx ON online_refunds (attempt_id);

CREATE TABLE online_disputes (
    id           text PRIMARY KEY, -- the provider's
    attempt_id   uuid NOT NULL,
    amount_minor bigint NOT NULL,
    reason       text NOT NULL,
    state        text NOT NULL,
    answer_by    timestamptz,
    refund_id    uuid, -- in the books, once lost
    opened_at    timestamptz NOT NULL,
    closed_at    timestamptz,
    CONSTRAINT online_disputes_attempt_fkey FOREIGN KEY (attempt_id) REFERENCES online_payments (id),
    CONSTRAINT online_disputes_refund_fkey FOREIGN KEY (refund_id) REFERENCES refunds (id),
    CONSTRAINT online_disputes_state_check CHECK (state IN ('open', 'won', 'lost'))
);
CREATE INDEX online_disputes_attempt_idx ON online_disputes (attempt_id);

-- Where the provider and we do not say the same, until somebody has looked.
CREATE TABLE payment_differences (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL,
    subject     text NOT NULL, -- the provider's object
    attempt_id  uuid,
    invoice_id  uuid,
    ours        text NOT NULL,
    theirs      text NOT NULL,
    found_at    timestamptz NOT NULL,
    settled_at  timestamptz,
    settled_by  text NOT NULL DEFAULT '',
    note        text NOT NULL DEFAULT '',
    CONSTRAINT payment_differences_kind_check CHECK (kind IN ('held', 'stranger', 'missing_here', 'missing_there', 'state', 'amount', 'refund', 'dispute'))
);
CREATE UNIQUE INDEX payment_differences_open_key ON payment_differences (kind, subject) WHERE settled_at IS NULL;
CREATE INDEX payment_differences_found_idx ON payment_differences (found_at DESC, id DESC);
