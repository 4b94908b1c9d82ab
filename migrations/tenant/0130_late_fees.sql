-- What late payment costs, by the ladder that it belongs to. Typed in Go (invoicing.LateFees).
ALTER TABLE reminder_policies ADD COLUMN late jsonb NOT NULL DEFAULT '{}';

-- What was charged for late payment of an invoice, or waived: days of interest, or the fee of a step.
-- What was given back may be charged again.
CREATE TABLE late_charges (
    id            uuid PRIMARY KEY,
    invoice_id    uuid NOT NULL,
    kind          text NOT NULL,
    step          int, -- days after the due date, of the reminder that costs a fee
    from_on       date,
    to_on         date,
    currency      char(3) NOT NULL,
    amount_minor  bigint NOT NULL,
    document_id   uuid, -- that charges it; none: it is waived
    reason        text NOT NULL DEFAULT '', -- why it is waived
    created_by    text NOT NULL,
    created_at    timestamptz NOT NULL,
    given_back_at timestamptz,
    invoice_hash  bigint GENERATED ALWAYS AS (hashtextextended(invoice_id::text, 0)) STORED,
    CONSTRAINT late_charges_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id),
    CONSTRAINT late_charges_kind_check CHECK (kind = 'interest' AND from_on <= to_on AND step IS NULL OR kind = 'step' AND step > 0 AND from_on IS NULL AND to_on IS NULL),
    CONSTRAINT late_charges_amount_check CHECK (amount_minor > 0),
    -- a day costs interest once, however many charge at once
    CONSTRAINT late_charges_days_excl EXCLUDE USING gist (
        int8range(invoice_hash, invoice_hash, '[]') WITH &&, daterange(from_on, to_on, '[]') WITH &&) WHERE (kind = 'interest' AND given_back_at IS NULL)
);
-- and a step its fee
CREATE UNIQUE INDEX late_charges_step_key ON late_charges (invoice_id, step) WHERE kind = 'step' AND given_back_at IS NULL;
CREATE INDEX late_charges_invoice_idx ON late_charges (invoice_id, created_at, id);
