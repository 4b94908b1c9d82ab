-- Since when an agency settles its seats by the quarter.
ALTER TABLE subscriptions ADD COLUMN true_up_since timestamptz;

-- What a coming removal has done to the subscription: nothing, our own cancellation, or one that was there before.
ALTER TABLE subscriptions ADD COLUMN leaving text NOT NULL DEFAULT '',
    ADD CONSTRAINT subscriptions_leaving_check CHECK (leaving IN ('', 'ours', 'owner'));

-- One quarter of such an agency, settled once: the figures are frozen before the invoice is made.
CREATE TABLE true_ups (
    id           uuid PRIMARY KEY,
    agency_id    uuid NOT NULL,
    quarter      date NOT NULL, -- its first day
    licensed     int NOT NULL,
    peak         int NOT NULL,
    peak_day     date,
    months       int NOT NULL,
    price_minor  bigint NOT NULL,
    amount_minor bigint NOT NULL,
    currency     char(3) NOT NULL,
    state        text NOT NULL,
    invoice_id   text,
    created_at   timestamptz NOT NULL,
    done_at      timestamptz,
    CONSTRAINT true_ups_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE,
    CONSTRAINT true_ups_state_check CHECK (state IN ('open', 'nothing', 'invoiced')),
    CONSTRAINT true_ups_amount_check CHECK (amount_minor = greatest(peak - licensed, 0) * price_minor * months)
);
CREATE UNIQUE INDEX true_ups_quarter_key ON true_ups (agency_id, quarter);

-- Money that operators give back, to the card or towards the next invoices.
CREATE TABLE paybacks (
    id           uuid PRIMARY KEY,
    agency_id    uuid NOT NULL,
    kind         text NOT NULL,
    invoice_id   text NOT NULL DEFAULT '',
    amount_minor bigint NOT NULL,
    currency     char(3) NOT NULL,
    reason       text NOT NULL,
    state        text NOT NULL,
    requested_by text NOT NULL,
    requested_at timestamptz NOT NULL,
    approved_by  text NOT NULL DEFAULT '',
    approved_at  timestamptz,
    provider_id  text NOT NULL DEFAULT '',
    error        text NOT NULL DEFAULT '',
    CONSTRAINT paybacks_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE,
    CONSTRAINT paybacks_kind_check CHECK (kind IN ('refund', 'credit') AND (kind = 'credit') = (invoice_id = '')),
    CONSTRAINT paybacks_amount_check CHECK (amount_minor > 0 AND currency = 'USD'),
    CONSTRAINT paybacks_reason_check CHECK (reason <> ''),
    CONSTRAINT paybacks_state_check CHECK (state IN ('waiting', 'approved', 'done', 'failed', 'canceled')),
    CONSTRAINT paybacks_approver_check CHECK (approved_by <> requested_by)
);
CREATE INDEX paybacks_agency_idx ON paybacks (agency_id, requested_at DESC);

-- Each letter about a bill is sent once.
CREATE TABLE billing_letters (
    agency_id uuid NOT NULL,
    kind      text NOT NULL,
    since     timestamptz NOT NULL, -- when the state began that the letter is about
    sent_at   timestamptz NOT NULL,
    PRIMARY KEY (agency_id, kind, since),
    CONSTRAINT billing_letters_agency_fkey FOREIGN KEY (agency_id) REFERENCES agencies (id) ON DELETE CASCADE
);

-- When billing last looked after itself: a restart does not begin the day anew, and of several processes one does it.
CREATE TABLE billing_rounds (
    kind   text PRIMARY KEY,
    ran_at timestamptz NOT NULL
);
