-- Money that went back to a client, out of what is left of a payment or of a credit note.
CREATE TABLE refunds (
    id           uuid PRIMARY KEY,
    payment_id   uuid NOT NULL,
    amount_minor bigint NOT NULL,
    refunded_on  date NOT NULL,
    method       text NOT NULL,
    reference    text NOT NULL DEFAULT '',
    reason       text NOT NULL DEFAULT '',
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL,
    CONSTRAINT refunds_payment_fkey FOREIGN KEY (payment_id) REFERENCES payments (id),
    CONSTRAINT refunds_amount_check CHECK (amount_minor > 0),
    CONSTRAINT refunds_method_check CHECK (method IN ('bank_transfer', 'card', 'cash', 'cheque', 'other'))
);
CREATE INDEX refunds_payment_idx ON refunds (payment_id);

-- What an agency gives up of an invoice. Undone rows stay.
CREATE TABLE write_offs (
    id           uuid PRIMARY KEY,
    invoice_id   uuid NOT NULL,
    amount_minor bigint NOT NULL,
    written_on   date NOT NULL,
    reason       text NOT NULL,
    undone_at    timestamptz,
    undo_reason  text NOT NULL DEFAULT '',
    created_by   text NOT NULL,
    created_at   timestamptz NOT NULL,
    CONSTRAINT write_offs_invoice_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id),
    CONSTRAINT write_offs_amount_check CHECK (amount_minor > 0)
);
CREATE INDEX write_offs_invoice_idx ON write_offs (invoice_id);
